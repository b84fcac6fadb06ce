//! postlink's side of the reading benchmark: what the reader says of the pictures and videos that it is given.
//!
//! Run by `tests/bench/reading/run` at the top of the repository, with the library of ONNX Runtime where that is to be the
//! engine. Says `ready`, then answers each line `image PATH` or `video PATH` with one line of JSON.

use std::io::BufRead;
use std::path::Path;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::evidence::EvidenceId;
use model::statement::Statement;
use reader::{Engine, Options, Reader};
use serde_json::{Value, json};

const DEFAULTS: &str = include_str!("../../../config.toml");

fn main() -> Result<()> {
    let mut table: toml::Table = DEFAULTS.parse()?;
    let mut options: Options = table.remove("reader").context("config.toml has a part `reader`")?.try_into()?;
    if let Some(library) = std::env::args().nth(1) {
        options.engine = Engine::OnnxRuntime;
        options.onnx_runtime = library;
    }
    let reader = Reader::open(&options)?;
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (kind, path) = line.split_once(' ').context("a line is `image PATH` or `video PATH`")?;
        println!("{}", read(&reader, kind, path)?);
    }
    Ok(())
}

fn read(reader: &Reader, kind: &str, path: &str) -> Result<Value> {
    let ad: Ad = serde_json::from_value(json!({
        "ad_id": "bench", "click_url": "https://ad.test/", "creatives": [{"kind": kind, "path": path}],
    }))?;
    let reading = reader.read_ad(&ad, EvidenceId::of(b"bench"), Path::new(""), DateTime::<Utc>::UNIX_EPOCH);
    let gaps: Vec<&str> = reading.gaps.iter().map(|gap| gap.detail.as_str()).collect();
    Ok(json!({"said": reading.statements.iter().map(said).collect::<Vec<_>>(), "gaps": gaps}))
}

fn said(statement: &Statement) -> Value {
    let place = statement.ad_place();
    json!({
        "text": statement.text,
        "from": place.and_then(|place| place.at_s),
        "until": place.and_then(|place| place.until_s),
    })
}
