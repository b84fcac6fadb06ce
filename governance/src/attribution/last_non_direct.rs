//! (model last_non_direct)
