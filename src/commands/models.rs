//! `postlink models`: the files that reading and hearing need, fetched and looked at.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use reader::models::{self, Looked};

use crate::cli::{Models, ModelsCommand, ModelsFolder};
use crate::config;
use crate::exit::Ended;

/// The set-up script's own part for the models, so that both fetch the same.
const SCRIPT: &str = include_str!("../../scripts/models");

pub(crate) fn run(command: &Models) -> anyhow::Result<Ended> {
    match &command.command {
        ModelsCommand::Fetch { folder } => fetch(&named(folder)?),
        ModelsCommand::List { folder } => Ok(list(&named(folder)?)),
    }
}

fn named(folder: &ModelsFolder) -> anyhow::Result<PathBuf> {
    match &folder.to {
        Some(to) => Ok(to.clone()),
        None => Ok(config::load(folder.config.as_deref())?.reader.models.into()),
    }
}

/// The script says how far it is, and what to do when it fails.
fn fetch(folder: &Path) -> anyhow::Result<Ended> {
    let status = Command::new("bash")
        .args(["-c", SCRIPT, "scripts/models"])
        .arg(folder)
        .arg(models::SUMS)
        .status()
        .context("start bash, which the fetching of models is written for: install it")?;
    if !status.success() {
        bail!("the models are not all in {}: see above for why", folder.display());
    }
    Ok(list(folder))
}

fn list(folder: &Path) -> Ended {
    let mut all = true;
    for Looked { name, found } in models::look(folder) {
        match found {
            Ok(()) => println!("{name}: right"),
            Err(error) => {
                all = false;
                println!("{name}: {error}");
            }
        }
    }
    if all { Ended::Clean } else { Ended::DoesNotHold }
}
