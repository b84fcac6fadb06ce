//! What a landing was like, in as many words as it takes to tell whether it is another one later.

use model::evidence::EvidenceId;
use model::landing::Seen;
use model::snapshot::Part;

use crate::pipeline::Visited;

/// What a person saw there; none when nobody came to a page.
pub(super) fn of(visited: &Visited, bad: bool) -> Option<Seen> {
    let first = visited.pages.iter().find(|page| page.part == Part::Landing)?;
    let pages = visited.pages.iter().filter(|page| page.visitor == first.visitor && page.part == Part::Landing);
    let mut text = String::new();
    for statement in pages.flat_map(|page| &page.statements) {
        // Clocks, counters and prices that tick are no other page.
        text.extend(statement.normal.text.chars().filter(|letter| !letter.is_numeric() && !letter.is_whitespace()));
        text.push('\n');
    }
    Some(Seen { at: visited.began, page: EvidenceId::of(text.as_bytes()).hex(), etag: None, body: None, bad })
}
