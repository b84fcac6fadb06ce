//! (model last_per_channel)
