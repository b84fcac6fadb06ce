//! What a person sees of an ad and of a page: words, prices, forms, buttons, each with its place.

pub mod ocr;
pub mod price;
pub mod text;
