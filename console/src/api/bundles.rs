//! Cases with their evidence, as a bundle that verifies by itself, or the dossier of their ads.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use storage::desk::Desk as _;
use storage::store::CaseId;

use super::asked::{Asked, Words};
use super::caller::{Caller, Export};
use super::document::{Answer, Operation};
use super::problem::Problem;
use crate::app::App;
use crate::doors::Handed;
use crate::handover::{self, Chosen};
use crate::stored::ask;

/// Of one case, or of the latest case of each ad: all, or those of one advertiser.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Of {
    /// The case's id.
    case: Option<Words>,
    /// The advertiser's id on its platform; passed over where a case is named.
    advertiser: Option<Words>,
    /// The advertiser's platform, as another one may have given the same id to somebody else.
    platform: Option<Words>,
}

/// A file as it is handed out.
pub(crate) struct Made(Response);

impl IntoResponse for Made {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answer for Made {
    fn tell(operation: &mut Operation<'_>) {
        let media_type = Handed::Bundle.media_type();
        let schema = json!({ "type": "string", "contentMediaType": media_type });
        let about = "A ZIP file with the evidence of each case, the documents made from it, and how to verify all of it \
            (VERIFY.md).";
        operation.answers_in(StatusCode::OK, about, &[media_type], Some(&schema));
    }
}

pub(crate) async fn bundle(
    State(app): State<Arc<App>>,
    caller: Caller<Export>,
    Asked(of): Asked<Of>,
) -> Result<Made, Problem> {
    let chosen = match (of.case, of.advertiser) {
        (Some(case), _) => {
            let (sight, case) = (caller.sight(), CaseId::named(&case.0).ok_or_else(Problem::not_found)?);
            let row = ask!(app.stored, store => store.case_in_sight(&sight, &case).await)?;
            let row = row.ok_or_else(Problem::not_found)?;
            Chosen::Case { case: row.case_id, ad: row.ad_id }
        }
        (None, Some(advertiser)) => {
            Chosen::Advertiser { id: advertiser.0, platform: of.platform.map(|platform| platform.0) }
        }
        (None, None) => Chosen::All,
    };
    let language = caller.account().language.as_deref().and_then(crate::page::language).unwrap_or("en");
    let response = handover::file(&app, caller.account(), &chosen, Handed::Bundle, language).await?;
    caller.note(&app, "export", &chosen.object(Handed::Bundle)).await?;
    Ok(Made(response))
}
