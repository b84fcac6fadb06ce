//! What a person sees of an ad and of a page: words, prices, forms, buttons, each with its place.

mod options;
mod page;
mod reader;

pub mod ocr;
pub mod price;
pub mod text;

pub use options::Options;
pub use page::PageReading;
pub use reader::Reader;
