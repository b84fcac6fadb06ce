//! (model linear)
