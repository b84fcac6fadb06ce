//! (model first)
