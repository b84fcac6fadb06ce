//! What tests borrow: small worlds of ads and pages, the server that serves them, and the built program.

pub mod archive_tools;
pub mod cases;
pub mod hostile;
pub mod network;
pub mod players;
pub mod postlink;
pub mod pulse;
pub mod repository;
pub mod site;
pub mod small_disk;
pub mod world;
