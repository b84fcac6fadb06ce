//! Every fixture of every check, each as a test of its own: what must be found is found, and nothing else is.

use std::path::Path;

mod fixture;

use fixture::{Bench, Fixture};

fn comes_out_as_expected(ad: &Path) -> datatest_stable::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let fixture = Fixture::read(ad)?;
        let bench = Bench::start().await?;
        let examined = bench.run(&fixture).await;
        let faults = examined.map(|(case, compared)| fixture.faults(&case, &compared, &bench));
        bench.stop().await;
        let faults = faults?;
        if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
    })
}

datatest_stable::harness! {
    { test = comes_out_as_expected, root = concat!(env!("CARGO_MANIFEST_DIR"), "/../checker/fixtures"), pattern = r"ad\.toml$" },
}
