//! Where keys of second factors and secrets of webhooks are kept: in the database, but sealed under a key that is not in it.
//!
//! Whoever has the database alone has none of them, and what is sealed for one account or webhook opens for no other.

use std::fmt;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};

use crate::auth::secret;

/// Stands before what is sealed: what does not begin so was kept in clear by an older postlink.
const SEALED: &str = "sealed.1.";
/// Of the key. Bytes.
const LENGTH: usize = 32;
/// Of the name of a key within what it has sealed. Characters.
const NAME: usize = 8;

/// The file of the key, and the key once it was needed.
pub struct Vault {
    file: PathBuf,
    key: OnceLock<(LessSafeKey, String)>,
}

/// What is sealed, and of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// The key of an account's second factor.
    Factor(String),
    /// The secret of a webhook, by its id.
    Webhook(String),
    /// That somebody signed in by this name in a browser, which keeps it itself.
    Browser(String),
}

/// Why a secret can neither be kept nor used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("no file is named for the key that secrets are kept under: give `console.key_file`")]
    Nowhere,
    #[error(
        "use {path}, the key that secrets are kept under: {source}; is the folder there, and yours? `console.key_file` names another"
    )]
    File { path: PathBuf, source: std::io::Error },
    #[error("{0} holds no key: it is 32 bytes as base64url, and postlink makes one where there is no such file")]
    NoKey(PathBuf),
    #[error(
        "{what} was kept under another key than the one in {path}: all consoles of one database, and whoever tells its webhooks, need the same `console.key_file`"
    )]
    OtherKey { what: Sealed, path: PathBuf },
    #[error("{0} was changed in the database: {way_out}", way_out = .0.way_out())]
    Changed(Sealed),
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Factor(account) => write!(f, "the second factor of `{account}`"),
            Self::Webhook(id) => write!(f, "the secret of webhook `{id}`"),
            Self::Browser(account) => write!(f, "the word of a browser of `{account}`"),
        }
    }
}

impl Sealed {
    /// What a sealed secret is bound to.
    fn bound(&self) -> Vec<u8> {
        match self {
            Self::Factor(account) => format!("second factor of {account}"),
            Self::Webhook(id) => format!("secret of webhook {id}"),
            Self::Browser(account) => format!("browser of {account}"),
        }
        .into_bytes()
    }

    fn way_out(&self) -> &'static str {
        match self {
            Self::Factor(_) => "`postlink user password --remove-totp` takes it away",
            Self::Webhook(_) => "give it another one",
            Self::Browser(_) => "signing in gives it another one",
        }
    }
}

impl Vault {
    pub fn new(file: PathBuf) -> Self {
        Self { file, key: OnceLock::new() }
    }

    pub(crate) fn is_sealed(kept: &str) -> bool {
        kept.starts_with(SEALED)
    }

    /// As the database keeps it.
    pub(crate) fn seal(&self, what: &Sealed, secret: &str) -> Result<String, VaultError> {
        let (key, name) = self.key()?;
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).expect("internal error: the system has chance");
        let mut sealed = secret.as_bytes().to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(what.bound()), &mut sealed)
            .expect("internal error: it is short");
        Ok(format!("{SEALED}{name}.{}", BASE64.encode([&nonce[..], &sealed].concat())))
    }

    /// What was sealed; what never was comes back as it is.
    pub fn open(&self, what: &Sealed, kept: &str) -> Result<String, VaultError> {
        let Some(sealed) = kept.strip_prefix(SEALED) else { return Ok(kept.to_owned()) };
        let changed = || VaultError::Changed(what.clone());
        let (name, sealed) = sealed.split_once('.').ok_or_else(changed)?;
        let (key, ours) = self.key()?;
        if name != ours {
            return Err(VaultError::OtherKey { what: what.clone(), path: self.file.clone() });
        }
        let mut sealed = BASE64.decode(sealed).map_err(|_| changed())?;
        let nonce = sealed.get(..NONCE_LEN).and_then(|nonce| Nonce::try_assume_unique_for_key(nonce).ok());
        let nonce = nonce.ok_or_else(changed)?;
        let opened = key.open_within(nonce, Aad::from(what.bound()), &mut sealed, NONCE_LEN..);
        String::from_utf8(opened.map_err(|_| changed())?.to_vec()).map_err(|_| changed())
    }

    fn key(&self) -> Result<&(LessSafeKey, String), VaultError> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let bytes = self.read()?;
        let name: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).expect("internal error: it has the right length");
        Ok(self.key.get_or_init(|| (LessSafeKey::new(key), name[..NAME].to_owned())))
    }

    /// The key in the file, which is made where it is not there.
    fn read(&self) -> Result<[u8; LENGTH], VaultError> {
        if self.file.as_os_str().is_empty() {
            return Err(VaultError::Nowhere);
        }
        let wrong = |source| VaultError::File { path: self.file.clone(), source };
        let text = match std::fs::read_to_string(&self.file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => self.make().map_err(wrong)?,
            read => read.map_err(wrong)?,
        };
        let bytes = BASE64.decode(text.trim().trim_end_matches('=')).ok();
        bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| VaultError::NoKey(self.file.clone()))
    }

    /// Makes it whole at once and for its owner alone; where another made one meanwhile, that is the key.
    fn make(&self) -> std::io::Result<String> {
        let folder = self.file.parent().unwrap_or(&self.file);
        std::fs::create_dir_all(folder)?;
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes).expect("internal error: the system has chance");
        let (made, text) = (folder.join(format!(".{}", secret::new())), BASE64.encode(bytes));
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&made)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all())?;
        let there = std::fs::hard_link(&made, &self.file);
        std::fs::remove_file(&made)?;
        match there {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => std::fs::read_to_string(&self.file),
            there => there.map(|()| text),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn li() -> Sealed {
        Sealed::Factor("li".to_owned())
    }

    fn vault(folder: &tempfile::TempDir) -> Vault {
        Vault::new(folder.path().join("keys/console.key"))
    }

    #[test]
    fn what_is_sealed_opens_for_its_account_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let sealed = vault(&folder).seal(&li(), "GEZDGNBV").expect("seals");
        assert!(Vault::is_sealed(&sealed) && !sealed.contains("GEZDGNBV"), "{sealed}");
        assert_ne!(vault(&folder).seal(&li(), "GEZDGNBV").expect("seals"), sealed, "another nonce each time");
        assert_eq!(vault(&folder).open(&li(), &sealed).expect("opens"), "GEZDGNBV");
        assert!(matches!(vault(&folder).open(&Sealed::Factor("wang".into()), &sealed), Err(VaultError::Changed(_))));
        assert!(vault(&folder).open(&Sealed::Webhook("li".into()), &sealed).is_err());
        let changed = format!("{}A", &sealed[..sealed.len() - 1]);
        let other = format!("{}B", &sealed[..sealed.len() - 1]);
        assert!([changed, other].iter().any(|one| vault(&folder).open(&li(), one).is_err()));
        assert!(vault(&folder).open(&li(), &sealed[..SEALED.len() + NAME + 4]).is_err());
    }

    #[test]
    fn the_key_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let made: Vec<_> = std::thread::scope(|scope| {
            let seal = || vault(&folder).seal(&li(), "A").expect("seals");
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(seal)).collect();
            threads.into_iter().map(|thread| thread.join().expect("ends")).collect()
        });
        assert!(made.iter().all(|sealed| vault(&folder).open(&li(), sealed).is_ok_and(|opened| opened == "A")));
        let keys: Vec<_> = std::fs::read_dir(folder.path().join("keys")).expect("it is there").flatten().collect();
        assert_eq!(keys.len(), 1);
        assert_eq!(keys[0].metadata().expect("a file").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_cannot_be_opened_says_what_to_do() {
        let (folder, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let sealed = vault(&folder).seal(&li(), "A").expect("seals");
        let refused = vault(&other).open(&li(), &sealed).expect_err("another key").to_string();
        assert!(refused.contains("`li`") && refused.contains("console.key_file"), "{refused}");
        std::fs::write(folder.path().join("short"), "AAAA").expect("writes");
        let short = Vault::new(folder.path().join("short")).open(&li(), &sealed);
        assert!(matches!(short, Err(VaultError::NoKey(_))));
        assert!(matches!(Vault::new(PathBuf::new()).seal(&li(), "A"), Err(VaultError::Nowhere)));
        // What an older postlink kept is opened without any key.
        assert_eq!(Vault::new(PathBuf::new()).open(&li(), "GEZDGNBV").expect("it is in clear"), "GEZDGNBV");
    }
}
