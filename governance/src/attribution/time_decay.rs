//! (model time_decay)
