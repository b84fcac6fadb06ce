//! Serves all test worlds until killed, and writes the ads that lead into them.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::{Context, Result};
use clap::Parser;
use postlink_tests::{cases, site::Site, world};

/// Serves the test worlds of postlink on one loopback port, told apart by their host names.
#[derive(Parser)]
#[command(name = "postlink-sites")]
struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:18080")]
    listen: SocketAddr,
    /// Write the ads of all worlds here, and what is expected of them beside it as expected.jsonl
    #[arg(long)]
    ads: Option<PathBuf>,
    /// Serve only these worlds
    #[arg(long)]
    only: Vec<String>,
    /// Serve the benchmark's cases below this folder instead; the ads then carry their truth
    #[arg(long, conflicts_with = "only")]
    cases: Option<PathBuf>,
    /// Write one JSON line here for each request
    #[arg(long)]
    log: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let cases = arguments.cases.as_deref().map(cases::all).transpose()?;
    let worlds = match (&cases, arguments.only.as_slice()) {
        (Some(cases), _) => cases.iter().map(|case| case.world.clone()).collect(),
        (None, []) => world::all()?,
        (None, names) => names.iter().map(|name| world::World::read(name)).collect::<Result<_>>()?,
    };
    if let (Some(path), Some(cases)) = (&arguments.ads, &cases) {
        let lines: Vec<_> = cases.iter().map(|case| format!("{}\n", case.line)).collect();
        std::fs::write(path, lines.concat()).with_context(|| format!("{}", path.display()))?;
    } else if let Some(path) = &arguments.ads {
        let write = |path: PathBuf, lines: Result<Vec<String>>| {
            std::fs::write(&path, lines?.concat()).with_context(|| format!("{}", path.display()))
        };
        write(path.clone(), worlds.iter().map(world::World::ads_jsonl).collect())?;
        write(path.with_file_name("expected.jsonl"), worlds.iter().map(world::World::expected_jsonl).collect())?;
    }
    let count = worlds.len();
    let site = match arguments.log {
        None => Site::serve(worlds, arguments.listen, None).await?,
        Some(path) => {
            let file = std::fs::File::create(&path).with_context(|| format!("{}", path.display()))?;
            let file = Mutex::new(file);
            let log = move |request: &postlink_tests::site::Request| {
                let line = serde_json::to_string(request).expect("a request is plain data");
                let mut file = file.lock().expect("a request handler panicked");
                if let Err(error) = writeln!(file, "{line}") {
                    eprintln!("postlink-sites: {}: {error}", path.display());
                }
            };
            Site::serve(worlds, arguments.listen, Some(Box::new(log))).await?
        }
    };
    println!("postlink-sites: {count} worlds on {}", site.address());
    std::io::stdout().flush()?;
    std::future::pending().await
}
