//! Time stamps (RFC 3161): an authority signs that a digest was known to it at a moment.
//!
//! Requests and answers are made and checked here; who carries them over the network says [`Post`]. What cannot be stamped now
//! waits in the database until it can.

mod answer;
mod asn1;
mod list;
mod renewal;
mod request;
mod send;
mod signer;

pub(crate) mod kept;

#[cfg(any(test, feature = "suite"))]
pub mod authority;

pub use answer::{Checked, Stamp, StampError, certificates, read};
pub use kept::{Answered, KeptList, KeptStamp, Stamps, State, ToStamp};
pub use list::{ListError, Listed, Standing, standing};
pub use renewal::{renew, renewals};
pub use request::{Request, request};
pub use send::{Post, Sender, Sent, Which};
pub(crate) use signer::CERTIFICATES;
pub use signer::{Roots, RootsError};

/// What a stamp is of.
pub mod what {
    /// The record of what a visitor saw.
    pub const CAPTURE: &str = "capture";
    /// The package of a case.
    pub const PACKAGE: &str = "package";
    /// A checkpoint of the log.
    pub const CHECKPOINT: &str = "checkpoint";
    /// The answer of an authority whose certificate runs out.
    pub const RESTAMP: &str = "restamp";
}
