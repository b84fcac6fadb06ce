//! Proof to take along: the dossier of an ad or of many, or a bundle of their evidence that verifies by itself.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::badge::is_pasted;
use super::case::in_sight_or_preview;
use crate::app::App;
use crate::auth::Signed;
use crate::doors::Handed;
use crate::handover::{self, Chosen};
use crate::web::failure::Failure;

/// Of what: of a case, of an advertiser, or of all that this account sees.
#[derive(Deserialize)]
pub(crate) struct Form {
    what: Handed,
    #[serde(default)]
    case: String,
    #[serde(default)]
    advertiser: String,
    /// The advertiser's.
    #[serde(default)]
    platform: String,
}

/// Makes it and sends it.
pub(crate) async fn make(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<Form>,
) -> Result<Response, Failure> {
    let chosen = match (form.case.as_str(), form.advertiser.as_str()) {
        ("", "") => Chosen::All,
        ("", advertiser) => {
            let platform = Some(form.platform.clone()).filter(|platform| !platform.is_empty());
            Chosen::Advertiser { id: advertiser.to_owned(), platform }
        }
        (case, _) => {
            let (row, preview) = in_sight_or_preview(&app, &person, case).await?;
            if preview && is_pasted(&app, &row.case_id).await? {
                return Err(Failure::bad("pasted"));
            }
            Chosen::Case { case: row.case_id, ad: row.ad_id }
        }
    };
    let language = person.frame().language;
    let response = handover::file(&app, &person.account, &chosen, form.what, language).await?;
    person.note(&app, "export", &chosen.object(form.what)).await?;
    Ok(response)
}
