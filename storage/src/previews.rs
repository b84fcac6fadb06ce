//! Ads that are examined before they run: seen by those who made them, and by nobody else.
//!
//! A preview is an ad like others to whoever examines it. Its cases are sealed and logged as others are, and told to nobody: no
//! facts are written of them, no event goes out, they count in no figure, and no sweep of others looks at it.

use chrono::{DateTime, Utc};
use model::account::{Role, Sight};

use crate::desk::CaseRow;
use crate::store::{CaseId, StoreError};

pub(crate) mod sql;

#[cfg(test)]
pub(crate) mod suite;

pub(crate) use sql::previews;

/// Where previews are kept. Its promises are the tests in `previews/suite.rs`.
pub trait Previews: Send + Sync {
    /// Adds a preview. Before its ad is imported: so it is nobody else's at no time.
    fn add_preview(&self, preview: &Preview) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Those of these makers, the latest first.
    fn previews(&self, maker: &Maker, most: u64) -> impl Future<Output = Result<Vec<Previewed>, StoreError>> + Send;

    /// One of these makers; none where it is another's, or never was.
    fn preview(&self, maker: &Maker, ad: &str) -> impl Future<Output = Result<Option<Previewed>, StoreError>> + Send;

    /// A case of a preview of these makers; none where it is another's, was deleted, or never was.
    fn case_of_preview(
        &self,
        maker: &Maker,
        case: &CaseId,
    ) -> impl Future<Output = Result<Option<CaseRow>, StoreError>> + Send;
}

/// Who makes previews, and sees them: all accounts of one role that see the same ads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maker {
    pub role: Role,
    pub sight: Sight,
}

/// An ad that does not run yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    pub ad_id: String,
    pub maker: Maker,
    pub title: Option<String>,
    /// The account.
    pub made_by: String,
    pub made_at: DateTime<Utc>,
}

/// A preview, and how it came out; none while it is examined.
#[derive(Clone, Debug, PartialEq)]
pub struct Previewed {
    pub preview: Preview,
    pub case: Option<(CaseId, String)>,
}

/// As they stand in its columns: role, platform, advertiser.
pub(crate) fn columns(maker: &Maker) -> [String; 3] {
    let column = |text: &Option<String>| text.as_deref().map(kept).unwrap_or_default();
    [maker.role.word().to_owned(), column(&maker.sight.platform), column(&maker.sight.advertiser)]
}

/// What is kept of a text has no NUL in it.
pub(crate) fn kept(text: &str) -> String {
    text.replace('\0', "")
}
