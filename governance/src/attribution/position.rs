//! (model position)
