//! (sivt)
