//! Numbers that were counted by hand, of a store of either database.
