//! Exit codes: what a script learns from how postlink ended.

use std::process::ExitCode;

/// How a command ended when nothing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Clean,
    Violations,
    Inconclusive,
    /// What was to be verified does not hold.
    DoesNotHold,
}

/// What the user must mend before the command can run. Anything else is unforeseen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    Configuration(String),
}

/// Prints why it failed, if it did, and gives the documented code.
pub(crate) fn code(ended: anyhow::Result<Ended>) -> ExitCode {
    match ended {
        Ok(Ended::Clean) => ExitCode::SUCCESS,
        Ok(Ended::Violations) => ExitCode::from(10),
        Ok(Ended::Inconclusive) => ExitCode::from(11),
        Ok(Ended::DoesNotHold) => ExitCode::from(1),
        Err(error) => {
            eprintln!("postlink: {error:#}");
            match error.downcast_ref() {
                Some(Refused::Usage(_)) => ExitCode::from(2),
                Some(Refused::Configuration(_)) => ExitCode::from(3),
                None => ExitCode::FAILURE,
            }
        }
    }
}
