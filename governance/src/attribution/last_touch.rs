//! (model last_touch)
