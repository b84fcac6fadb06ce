//! The command line of accounts and their tokens.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use model::account::Role;

/// Where accounts are kept.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("accounts").args(["data", "database"]).required(true).multiple(true))]
pub(crate) struct AccountsAt {
    /// The folder of the store; another postlink may be at work in it.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A database, `postgres://user:password@host:port/name`, in place of the folder's own.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

/// Looks after the accounts by which people and programs use the console and its API.
///
/// It works beside a `serve` on the same folder or database, which knows at once.
#[derive(Debug, Args)]
pub(crate) struct User {
    #[command(subcommand)]
    pub(crate) command: UserCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Adds an account; the store is made when it is not there.
    ///
    /// Without a password one is made, and printed this once, unless it signs in by an identity provider.
    Add {
        /// Its name: lower-case letters, digits, and `.`, `-`, `_`, `+`, `@`.
        name: String,
        #[command(flatten)]
        at: AccountsAt,
        /// Of the console: `zh-CN` or `en`; without it, as the browser asks for.
        #[arg(long, value_name = "LANGUAGE", value_parser = console::documents::LANGUAGES)]
        language: Option<String>,
        #[command(flatten)]
        identity: Identity,
        #[command(flatten)]
        password: Given,
        /// The platform of an advertiser, whose id may be another's on another platform.
        #[arg(long, value_name = "ID")]
        platform: Option<String>,
        /// The province (`44`), city (`4403`) or district (`440305`) of a regulator, which sees what lies there and below; without it, every one.
        #[arg(long, value_name = "CODE")]
        region: Option<String>,
        /// What it may do: `platform` sees and decides, `advertiser` sees its own ads, `regulator` sees and exports, `admin` may everything.
        #[arg(long)]
        role: Role,
        /// Whose ads it sees: the id of an advertiser, or of a platform, or `*` for all platforms. An admin sees all.
        #[arg(long, value_name = "ID", required_if_eq_any([("role", "platform"), ("role", "advertiser"), ("role", "regulator")]))]
        tenant: Option<String>,
    },
    /// Lists the accounts.
    List {
        #[command(flatten)]
        at: AccountsAt,
    },
    /// Says which identity of the identity provider an account is, or that it is none; its sessions end.
    Identity {
        /// The account.
        name: String,
        #[command(flatten)]
        at: AccountsAt,
        #[command(flatten)]
        identity: Identity,
        /// It signs in by the provider no more.
        #[arg(long, conflicts_with_all = ["issuer", "subject"], required_unless_present = "subject")]
        none: bool,
    },
    /// Lets nobody sign in as an account any more: its sessions end, and its tokens are not good as long as it is disabled.
    Disable {
        /// The account.
        name: String,
        #[command(flatten)]
        at: AccountsAt,
    },
    /// Lets a disabled account sign in again.
    Enable {
        /// The account.
        name: String,
        #[command(flatten)]
        at: AccountsAt,
    },
    /// Gives an account another password, which ends its sessions.
    ///
    /// Without a password one is made, and printed this once.
    Password {
        /// The account.
        name: String,
        #[command(flatten)]
        at: AccountsAt,
        #[command(flatten)]
        password: Given,
        /// Take its second factor away as well, such as of a telephone that was lost.
        #[arg(long)]
        remove_totp: bool,
    },
}

/// Who somebody is at an identity provider (`console.oidc`).
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Identity {
    /// The provider, as it calls itself.
    #[arg(long, value_name = "URL", requires = "subject")]
    pub(crate) issuer: Option<String>,
    /// What the provider says in the claim that `console.oidc.claim` names; the page of a sign-in without an account shows both.
    #[arg(long, value_name = "ID", requires = "issuer")]
    pub(crate) subject: Option<String>,
}

/// A password that is given.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Given {
    /// A file with the password alone: at least 12 characters, none of the well-known ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Read the password from standard input.
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

/// Looks after the tokens by which programs use the API in the name of an account.
#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Makes a token, and prints its secret this once.
    Create {
        #[command(flatten)]
        at: AccountsAt,
        /// Good for so many days; without it, until it is revoked.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: Option<u32>,
        /// What it is for.
        #[arg(long, value_name = "TEXT")]
        name: String,
        /// What it may be used for: `read`, `decide`, `sweeps`, `ads`, `export`, `hearing`, `webhooks`, `admin`, as far as the account's role goes; can be given several times.
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<String>,
        /// The account.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// Lists the tokens of an account.
    List {
        #[command(flatten)]
        at: AccountsAt,
        /// The account.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
    /// Revokes a token for good.
    Revoke {
        /// The token, as `list` names it.
        id: String,
        #[command(flatten)]
        at: AccountsAt,
        /// The account.
        #[arg(long, value_name = "NAME")]
        user: String,
    },
}
