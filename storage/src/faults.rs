//! What a store goes through: killed at every step, no room, no right to write, no database, no service, a clock that jumps.
//!
//! Each time: no half-written case is visible, nothing that was acknowledged is lost, and the work goes on.

mod clock;
mod disk;
mod killed;
mod server;
