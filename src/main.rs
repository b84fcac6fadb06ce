//! The program `postlink`: parses the command line, runs one command, ends with its exit code.

mod cases_file;
mod cli;
mod clock_offset;
mod closing;
mod commands;
mod complaints;
mod config;
mod creatives;
mod eval;
mod exit;
mod export;
mod feed;
mod fleet;
mod hearing;
mod kin;
mod ledger;
mod measures;
mod memory;
mod package;
mod packs;
mod pipeline;
mod progress;
mod recheck;
mod reconfirm;
mod remedy;
mod repeat;
mod report;
mod retention;
mod round;
mod sealing;
mod second_opinion;
mod secret;
mod stores;
mod telemetry;
mod tools;
mod weekly;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::cli::{Cli, Command};

/// Gives back what large pages and pictures took: the system's own keeps it, in a pool for each thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let words = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&words).unwrap_or_else(|error| error.exit());
    let _seen = telemetry::begin(&words);
    let ended = match cli.command {
        Command::Attribute(attribute) => commands::attribute::run(attribute).await,
        Command::Ccr(ccr) => commands::ccr::run(ccr).await,
        Command::Check(check) => commands::check::run(check).await,
        Command::Complaints(complaints) => commands::complaints::run(complaints).await,
        Command::Deadlines(deadlines) => commands::deadlines::run(deadlines).await,
        Command::Decide(decide) => commands::decide::run(decide).await,
        Command::Doctor(doctor) => commands::doctor::run(doctor).await,
        Command::Eval(eval) => commands::eval::run(eval).await,
        Command::Evidence(evidence) => commands::evidence::run(evidence).await,
        Command::Export(export) => commands::export::run(export).await,
        Command::Generate(generate) => commands::generate::run(&generate),
        Command::Hold(hold) => commands::hold::run(hold).await,
        Command::Import(import) => commands::import::run(import).await,
        Command::Keys(keys) => commands::keys::run(keys).await,
        Command::Ledger(ledger) => commands::ledger::run(ledger).await,
        Command::Advertisers(advertisers) => commands::advertisers::run(advertisers).await,
        Command::Measures(measures) => commands::measures::run(measures).await,
        Command::Migrate(migrate) => commands::migrate::run(migrate).await,
        Command::Models(models) => commands::models::run(&models),
        Command::Notes(notes) => commands::notes::run(notes).await,
        Command::Outbox(outbox) => commands::outbox::run(outbox).await,
        Command::Policy(policy) => commands::policy::run(&policy),
        Command::Recheck(recheck) => commands::recheck::run(recheck).await,
        Command::Report(report) => commands::report::run(report).await,
        Command::Retention(retention) => commands::retention::run(retention).await,
        Command::Schedule(schedule) => commands::schedule::run(schedule).await,
        Command::Seal(seal) => commands::seal::run(seal).await,
        Command::Serve(serve) => commands::serve::run(serve).await,
        Command::Sweep(sweep) => commands::sweep::run(sweep).await,
        Command::Token(token) => commands::token::run(token).await,
        Command::Traffic(traffic) => commands::traffic::run(traffic).await,
        Command::User(user) => commands::user::run(user).await,
        Command::Verify(verify) => commands::verify::run(verify).await,
        Command::Work(work) => commands::work::run(work).await,
    };
    exit::code(ended)
}
