//! (givt)
