//! Cases that are handed over as a file: which they are is asked of the database by sight, and the program makes the file.

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use model::account::{Account, Sight};
use storage::desk::{CaseRow, Desk as _, Wanted};
use storage::store::CaseId;
use tokio::io::AsyncReadExt as _;

use crate::app::App;
use crate::doors::{HandOver, Handed};
use crate::stored::ask;
use crate::web::failure::Failure;

/// Of a file, read at once. Bytes.
const PIECE: usize = 256 * 1024;
/// Nothing that is handed out may do anything, even where somebody opens it here.
const POLICY: &str = "default-src 'none'; sandbox";

/// Whose files are being made or sent: of each account one at a time.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<BTreeSet<String>>>);

/// The turn of one account, until this is dropped.
struct Turn {
    turns: Turns,
    name: String,
}

impl Turns {
    fn take(&self, name: &str) -> Option<Turn> {
        let new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        new.then(|| Turn { turns: self.clone(), name: name.to_owned() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// Which cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// This one, which is known to be seen.
    Case { case: CaseId, ad: String },
    /// The latest of each ad of an advertiser, by its id; on one platform, if that is named: another may call somebody else so.
    Advertiser { id: String, platform: Option<String> },
    /// The latest of each ad.
    All,
}

impl Chosen {
    /// By a word of `[selection]`, and of what; what is called all is all that the account sees.
    fn told(&self, account: &Account) -> (&'static str, String) {
        match self {
            Self::Case { case, .. } => ("case", case.to_string()),
            Self::Advertiser { id, platform } => ("advertiser", called(id, platform.as_deref())),
            Self::All => ("sight", account.name.clone()),
        }
    }

    /// As the access log names it.
    pub(crate) fn object(&self, what: Handed) -> String {
        match self {
            Self::Case { case, .. } => format!("{case} {}", what.word()),
            Self::Advertiser { id, platform } => {
                format!("{} of advertiser {}", what.word(), called(id, platform.as_deref()))
            }
            Self::All => format!("{} of all", what.word()),
        }
    }
}

/// An advertiser as documents and the access log name it: `1001 (douyin)`.
fn called(id: &str, platform: Option<&str>) -> String {
    platform.map_or_else(|| id.to_owned(), |platform| format!("{id} ({platform})"))
}

/// Makes the file, and answers with it.
pub(crate) async fn file(
    app: &App,
    account: &Account,
    chosen: &Chosen,
    what: Handed,
    language: &'static str,
) -> Result<Response, Failure> {
    let turn = app.turns.take(&account.name).ok_or_else(|| Failure::bad("taken-along"))?;
    let (wanted, history) = cases(app, &account.sight(), chosen).await?;
    let chosen = chosen.told(account);
    let doors = Arc::clone(&app.doors);
    let wanted = HandOver { what, chosen, wanted, history, language };
    let (made, turn) = to_its_end(turn, async move { doors.hand_over(wanted).await }).await?;
    let made = made?;
    let name = format!("postlink-{}-{}.{}", what.word(), (app.clock)().format("%Y%m%dT%H%M%SZ"), what.ending());
    let headers = [
        (header::CONTENT_TYPE, what.media_type().to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::CONTENT_LENGTH, made.length.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, body(made.file, turn)).into_response())
}

/// Does what cannot be broken off to its end, even where whoever asked is gone: until then it is their turn.
async fn to_its_end<T: Send + 'static>(
    turn: Turn,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<(T, Turn), Failure> {
    let done = tokio::spawn(async move { (work.await, turn) });
    done.await.map_err(|error| Failure::Broken(error.to_string()))
}

/// Those that are wanted, and every case of their ads: all of them in sight, and not too many.
async fn cases(app: &App, sight: &Sight, chosen: &Chosen) -> Result<(Vec<CaseId>, Vec<CaseId>), Failure> {
    let most = app.settings.export_cases;
    let latest = match chosen {
        Chosen::Case { case, ad } => vec![(case.clone(), ad.clone())],
        Chosen::Advertiser { .. } | Chosen::All => {
            let (advertiser, platform) = match chosen {
                Chosen::Advertiser { id, platform } => (Some(id.clone()), platform.clone()),
                _ => (None, None),
            };
            let wanted = Wanted { advertiser, platform, latest_only: true, ..Wanted::default() };
            let rows: Vec<CaseRow> = ask!(app.stored, store => store.list(sight, &wanted, None, most + 1).await)?;
            rows.into_iter().map(|row| (row.case_id, row.ad_id)).collect()
        }
    };
    if latest.is_empty() {
        return Err(Failure::NotFound);
    }
    if latest.len() as u64 > most {
        return Err(too_many(most));
    }
    let mut history = BTreeSet::new();
    for (case, ad) in &latest {
        let rows = ask!(app.stored, store => store.cases_of_ad(sight, ad, most + 1).await)?;
        history.extend(rows.into_iter().map(|row| row.case_id));
        // Of a preview no list tells.
        history.insert(case.clone());
        if history.len() as u64 > most {
            return Err(too_many(most));
        }
    }
    Ok((latest.into_iter().map(|(case, _)| case).collect(), history.into_iter().collect()))
}

fn too_many(most: u64) -> Failure {
    Failure::Bad("many-cases", most.to_string())
}

/// The file as it is read; the turn ends when the last of it was sent, or nobody listens any more.
fn body(file: File, turn: Turn) -> Body {
    let file = tokio::fs::File::from_std(file);
    Body::from_stream(stream::try_unfold((file, turn), |(mut file, turn)| async move {
        let mut piece = vec![0; PIECE];
        let length = file.read(&mut piece).await?;
        piece.truncate(length);
        Ok::<_, std::io::Error>((length > 0).then(|| (Bytes::from(piece), (file, turn))))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_one_turn_at_a_time() {
        let turns = Turns::default();
        let first = turns.take("office");
        assert!(first.is_some() && turns.take("office").is_none(), "its first one is not over");
        assert!(turns.take("another").is_some(), "nobody waits for others");
        drop(first);
        assert!(turns.take("office").is_some());
    }

    #[tokio::test]
    async fn who_goes_away_has_their_turn_until_what_they_wanted_is_made() {
        let turns = Turns::default();
        let turn = turns.take("office").expect("a turn");
        let ((goes_on, waits), (ends, ended)) = (tokio::sync::oneshot::channel(), tokio::sync::oneshot::channel());
        let asked = tokio::spawn(to_its_end(turn, async move {
            waits.await.expect("somebody says so");
            ends.send(()).expect("somebody listens");
        }));
        tokio::task::yield_now().await;
        asked.abort();
        assert!(asked.await.is_err_and(|error| error.is_cancelled()));
        assert!(turns.take("office").is_none(), "it is being made");
        goes_on.send(()).expect("it waits");
        ended.await.expect("it ends");
        while turns.take("office").is_none() {
            tokio::task::yield_now().await;
        }
    }
}
