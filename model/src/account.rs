//! Who sees what.

/// Which ads an account sees: those for which everything holds that is given; nothing given: everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    pub platform: Option<String>,
    /// The advertiser's id on its platform.
    pub advertiser: Option<String>,
}
