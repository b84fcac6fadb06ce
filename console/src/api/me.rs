//! Whose the token is, and what it may be used for.

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::asked::Given;
use super::caller::{Any, Caller};
use super::problem::Problem;
use crate::app::App;

/// Whoever asks.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MeGiven {
    account: String,
    /// `platform`, `advertiser`, `regulator` or `admin`.
    role: String,
    /// Ads of this platform alone are seen; null: of each.
    platform: Option<String>,
    /// Ads of this advertiser alone are seen; null: of each.
    advertiser: Option<String>,
    /// Ads of this province, city or district alone are seen, by its administrative code; null: of each.
    region: Option<String>,
    token: TokenGiven,
}

#[derive(Serialize, JsonSchema)]
struct TokenGiven {
    /// Names it to people; no secret.
    id: String,
    /// What it is for.
    name: String,
    scopes: Vec<String>,
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    ends_at: Option<DateTime<Utc>>,
}

pub(crate) async fn show(State(_): State<Arc<App>>, caller: Caller<Any>) -> Result<Given<MeGiven>, Problem> {
    let (account, token, sight) = (caller.account(), caller.token(), caller.sight());
    Ok(Given(MeGiven {
        account: account.name.clone(),
        role: account.role.word().to_owned(),
        platform: sight.platform,
        advertiser: sight.advertiser,
        region: sight.region,
        token: TokenGiven {
            id: token.id.clone(),
            name: token.name.clone(),
            scopes: token.scopes.clone(),
            ends_at: token.ends_at,
        },
    }))
}
