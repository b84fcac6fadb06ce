//! How often people agree with each check: where the checker is trusted, and where it is not.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use model::account::Role;
use serde::Serialize;
use storage::desk::{Agreement, Desk};

use crate::app::App;
use crate::auth::Person;
use crate::page::Page;
use crate::stored::ask;
use crate::web::failure::Failure;

#[derive(Serialize)]
pub(crate) struct QualityPage {
    checks: Vec<Agreed>,
}

#[derive(Serialize)]
struct Agreed {
    check: String,
    confirmed: u64,
    rejected: u64,
    undecided: u64,
    /// Of a hundred that were decided about, so many were confirmed; none where none was.
    share: Option<u64>,
    /// What that may be by chance (Wilson, 95 %).
    between: Option<(u64, u64)>,
}

impl From<Agreement> for Agreed {
    fn from(agreement: Agreement) -> Self {
        let Agreement { check, confirmed, rejected, undecided } = agreement;
        let decided = confirmed + rejected;
        let share = (decided > 0).then(|| (100.0 * confirmed as f64 / decided as f64).round() as u64);
        Self { check, confirmed, rejected, undecided, share, between: wilson(confirmed, decided) }
    }
}

/// The Wilson interval of a share at 95 %, in percent.
fn wilson(hits: u64, of: u64) -> Option<(u64, u64)> {
    if of == 0 {
        return None;
    }
    const Z: f64 = 1.96;
    let (n, p) = (of as f64, hits as f64 / of as f64);
    let middle = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    let percent = |share: f64| (100.0 * share / whole).round().clamp(0.0, 100.0) as u64;
    Some((percent(middle - half), percent(middle + half)))
}

impl Page for QualityPage {
    const TEMPLATE: &'static str = "quality.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let agreed = |confirmed, rejected| {
            Agreed::from(Agreement { check: crate::page::tests::HOSTILE.into(), confirmed, rejected, undecided: 3 })
        };
        vec![Self { checks: vec![agreed(9, 1), agreed(0, 0)] }, Self { checks: Vec::new() }]
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>, person: Person) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform, Role::Regulator])?;
    let sight = person.sight();
    let agreement = ask!(app.stored, store => store.agreement(&sight).await)?;
    app.pages.show(person.frame(), &QualityPage { checks: agreement.into_iter().map(Agreed::from).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<QualityPage>();
    }

    /// Against figures that are printed in many a book.
    #[test]
    fn what_may_be_by_chance_is_that_of_wilson() {
        assert_eq!(
            [wilson(9, 10), wilson(0, 10), wilson(10, 10), wilson(50, 100), wilson(0, 0)],
            [Some((60, 98)), Some((0, 28)), Some((72, 100)), Some((40, 60)), None]
        );
    }
}
