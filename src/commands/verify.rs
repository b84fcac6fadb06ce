//! `postlink verify`: does a folder still hold what was sealed in it?

use storage::verify::VerifyError;

use crate::cli::Verify;
use crate::exit::{Ended, Refused};

pub(crate) async fn run(verify: Verify) -> anyhow::Result<Ended> {
    let found = storage::verify::verify(&verify.dir).await.map_err(|error| match error {
        VerifyError::NoFolder(_) | VerifyError::NotOurs(_) | VerifyError::Busy(_) => {
            anyhow::Error::new(Refused::Usage(error.to_string()))
        }
        other => anyhow::Error::new(other),
    })?;
    for problem in &found.problems {
        println!("{problem}");
    }
    for file in &found.unknown {
        println!("{file}: not named by any case (left from an interrupted run; harmless)");
    }
    let dir = verify.dir.display();
    println!("{} cases, {} artefacts, {} bytes in {dir}", found.cases, found.evidence, found.bytes);
    if let Some(head) = found.head {
        println!("head of the seal: {head}");
    }
    if found.holds() {
        println!("everything is as it was sealed");
        return Ok(Ended::Clean);
    }
    println!("{} problems: {dir} is not as it was sealed", found.problems.len());
    Ok(Ended::DoesNotHold)
}
