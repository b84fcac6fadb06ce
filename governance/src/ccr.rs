//! How often users who converted by an ad complain about it: the consumer complaint rate (CCR), how sure it is, and whether it changes.
//!
//! Formulas and their sources are in docs/governance-figures.md.

mod change;
mod counts;
mod interval;
mod smooth;
mod standing;
mod trend;

pub use change::{Change, Watch, alarm, alarms};
pub use counts::{Counts, NoWeek, Week};
pub(crate) use interval::score;
pub use interval::{Interval, wilson};
pub(crate) use smooth::normal_quantile;
pub use smooth::{Prior, Smoothed, prior, smoothed};
pub use standing::{Heard, Standing, standings};
pub use trend::{Trend, trend};

#[cfg(test)]
mod tests;
