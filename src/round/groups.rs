//! The ads of a scope by landing, page by page.

use std::collections::{HashMap, VecDeque};

use super::{Chosen, DateTime, Known, Library, MOST_ADS, Scope, Utc};

/// Ads that are asked for at once.
const PAGE: usize = 5_000;

/// The ads of a scope that lead to one landing.
pub(super) struct Group {
    pub(super) known: Known,
    /// No more than one job holds, the first by id.
    pub(super) ads: Vec<String>,
    pub(super) count: u64,
    /// The last of them by id.
    pub(super) last: String,
}

impl Group {
    /// Where it ends.
    pub(super) fn end(&self) -> Chosen {
        Chosen { landing: self.known.landing.id.clone(), ad_id: self.last.clone() }
    }
}

/// Goes through a scope, landing by landing.
pub(super) struct Groups<'a, S> {
    store: &'a S,
    scope: &'a Scope,
    at: DateTime<Utc>,
    behind: Option<Chosen>,
    /// Landings whose ads have all been seen.
    ready: VecDeque<Group>,
    /// The last one of a page: more of its ads may come.
    open: Option<Group>,
    at_end: bool,
}

impl<'a, S: Library> Groups<'a, S> {
    pub(super) fn of(store: &'a S, scope: &'a Scope, at: DateTime<Utc>) -> Self {
        Self { store, scope, at, behind: None, ready: VecDeque::new(), open: None, at_end: false }
    }

    /// Those behind this one.
    pub(super) fn behind(self, behind: Option<Chosen>) -> Self {
        Self { behind, ..self }
    }

    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Group>> {
        loop {
            if let Some(group) = self.ready.pop_front() {
                return Ok(Some(group));
            }
            if self.at_end {
                return Ok(self.open.take());
            }
            self.page().await?;
        }
    }

    async fn page(&mut self) -> anyhow::Result<()> {
        let page = self.store.choose(self.scope, self.at, self.behind.as_ref(), PAGE).await?;
        self.at_end = page.len() < PAGE;
        self.behind = page.last().cloned().or(self.behind.take());
        let mut landings: Vec<_> = page.iter().map(|one| one.landing.clone()).collect();
        landings.dedup();
        let known = self.store.known(&landings).await?;
        let mut known: HashMap<_, _> = known.into_iter().map(|one| (one.landing.id.clone(), one)).collect();
        for Chosen { landing, ad_id } in page {
            if self.open.as_ref().is_none_or(|open| open.known.landing.id != landing) {
                self.ready.extend(self.open.take());
                // An ad and its landing are written together.
                self.open =
                    known.remove(&landing).map(|known| Group { known, ads: Vec::new(), count: 0, last: String::new() });
            }
            if let Some(open) = &mut self.open {
                open.count += 1;
                open.last.clone_from(&ad_id);
                if open.ads.len() < MOST_ADS {
                    open.ads.push(ad_id);
                }
            }
        }
        Ok(())
    }
}
