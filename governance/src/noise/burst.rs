//! What many say within hours in the same words.

use serde::{Deserialize, Serialize};

/// From when on it is a burst. Assumptions, measured in the tests on generated complaints.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Users who say the same.
    pub users: usize,
    /// Within so many hours.
    pub hours: u32,
    /// Shorter texts than so many characters are alike by chance.
    pub characters: usize,
    /// How alike they are at least: 0 to 1.
    pub alike: f64,
    /// How many times as many as the ad has in hours like these otherwise.
    pub times: f64,
    /// Where at least so many of them converted, people decide.
    pub converted: f64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { users: 8, hours: 6, characters: 8, alike: 0.6, times: 4.0, converted: 0.5 }
    }
}
