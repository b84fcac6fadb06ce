//! How often each landing is looked at again.
