//! What a person sees of an ad and of a page: words, prices, forms, buttons, each with its place.

mod child;
mod creative;
mod face;
mod ffmpeg;
#[cfg(test)]
mod fuzz;
mod label;
mod likeness;
mod memory;
mod options;
mod page;
mod reader;
mod scripts;
mod subtitles;

pub mod exhibit;
pub mod film;
pub mod models;
pub mod ocr;
pub mod price;
pub mod qr;
pub mod redact;
pub mod speech;
pub mod text;

pub use creative::AdReading;
pub use face::FaceError;
pub use likeness::Likeness;
pub use memory::{Forgetful, Memory};
pub use ocr::PictureError;
pub use options::{Engine, Options, SpeechBy};
pub use page::PageReading;
pub use reader::Reader;
pub use scripts::scripts;
