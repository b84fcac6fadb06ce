//! Who asks: sessions of people, the forms that they send, and what they may see.

pub(crate) mod cookies;
pub(crate) mod factor;
pub(crate) mod looks;
pub(crate) mod person;
pub(crate) mod qr;
pub(crate) mod recovery;
pub(crate) mod secret;
pub(crate) mod signed;
pub(crate) mod totp;
pub(crate) mod tries;
pub(crate) mod uploaded;

pub mod password;

pub(crate) use person::Person;
pub(crate) use signed::Signed;
pub(crate) use uploaded::{LONGEST_PAGE, PAGE, Uploaded};
