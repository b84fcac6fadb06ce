//! In what visitors were shown different things, told for the report.

use std::collections::HashMap;

use console::report::{Difference, Shown};
use model::evidence::{EvidenceId, PagePlace};
use model::finding::Exhibit;

use super::pictures::{Pictures, SeenPage};
use model::line::word;

/// What showed again comes first, the surest of it above.
pub(super) async fn told(
    differences: &[model::difference::Difference],
    pictures: &mut Pictures<'_>,
    pages: &HashMap<EvidenceId, SeenPage>,
) -> Vec<Difference> {
    let mut ordered: Vec<_> = differences.iter().collect();
    ordered.sort_by_key(|one| (!one.repeated, std::cmp::Reverse(one.confidence)));
    let mut told = Vec::new();
    for one in ordered {
        let [mut first, mut second] =
            [0, 1].map(|side| shown(&one.visitors[side], &one.shown[side], one.places[side].as_ref()));
        if one.repeated {
            first.picture = picture(one.places[0].as_ref(), pictures, pages).await;
            second.picture = picture(one.places[1].as_ref(), pictures, pages).await;
        }
        told.push(Difference {
            about: word(&one.about),
            level: one.level.0,
            confidence: word(&one.confidence),
            repeated: one.repeated,
            sides: [first, second],
        });
    }
    told
}

fn shown(visitor: &str, words: &[String], place: Option<&Exhibit<PagePlace>>) -> Shown {
    Shown {
        visitor: visitor.to_owned(),
        words: words.to_vec(),
        // Where nothing was shown the place is the head of the page, whose words say nothing of the matter.
        quote: place.filter(|_| !words.is_empty()).map(|place| place.quote.clone()),
        url: place.map(|place| place.place.url.clone()),
        picture: None,
    }
}

async fn picture(
    place: Option<&Exhibit<PagePlace>>,
    pictures: &mut Pictures<'_>,
    pages: &HashMap<EvidenceId, SeenPage>,
) -> Option<String> {
    if pictures.are_scarce() { None } else { pictures.of_page(&place?.place, pages).await }
}
