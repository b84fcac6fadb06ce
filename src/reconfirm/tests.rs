//! Real pages in a real Chromium: visited whole, and looked at cheaply while this and that is changed.

mod cost;
mod world;

use std::collections::BTreeMap;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use model::case::Verdict;
use storage::sqlite;
use tempfile::TempDir;
use tokio::runtime::Handle;

use super::*;
use crate::memory::{Remembering, Shelf};
use crate::pipeline;
use world::World;

/// A world, with what was seen in it and kept.
struct Visits {
    world: World,
    tools: Arc<Tools>,
    limits: Limits,
    blobs: BTreeMap<EvidenceId, Evidence>,
    last: Seen,
    _store: TempDir,
}

impl Visits {
    async fn to(name: &str) -> Self {
        Self::after(name, &[]).await
    }

    /// Visits a world whose answers are others from the beginning.
    async fn after(name: &str, changes: &[(&str, &str)]) -> Self {
        let world = World::serve(name).await;
        changes.iter().for_each(|(path, body)| world.change(path, *body));
        let mut visits = Self::told(world, "[follow]\nwatch_ms = 600\nnext_levels = 0\n").await;
        let visited = pipeline::visit(&visits.world.ad, &visits.tools.looking, &visits.tools).await;
        assert_eq!(visited.gaps, [], "it is seen whole");
        visits.keep(&visited);
        visits
    }

    /// Before anything is visited.
    async fn told(world: World, how: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("my.toml");
        let at = world.at;
        let guard = format!("[guard]\nallow = [\"127.0.0.0/8\"]\nresolve = {{ \"*.test\" = \"{at}\" }}\n");
        std::fs::write(&file, format!("{guard}[browser]\nsandbox = false\n{how}")).expect("writes");
        let config = crate::config::load(Some(&file)).expect("it is one");
        #[expect(clippy::disallowed_methods, reason = "this is a program of its own")]
        let clock: model::units::Clock = Arc::new(Utc::now);
        let store = Arc::new(sqlite::open(dir.path(), clock.clone()).await.expect("opens"));
        let memory = Remembering { shelf: Shelf::Store(store), runtime: Handle::current(), anew: true };
        let tools = Tools::ready(&config, config.check.visitors.clone(), clock, memory).await.expect("it is all there");
        let last = Seen {
            at: DateTime::UNIX_EPOCH,
            page: String::new(),
            etag: None,
            body: None,
            bad: false,
            visit: None,
            host: None,
            certificate_from: None,
            template: None,
        };
        let limits = Limits::of(&config);
        Self { world, tools, limits, blobs: BTreeMap::new(), last, _store: dir }
    }

    /// Keeps what was visited, as a worker does.
    fn keep(&mut self, visited: &Visited) {
        let artefact = visited.artefact();
        self.last = seen(visited, artefact.id(), false).expect("there was a page");
        self.blobs.extend(visited.kept.all().cloned().chain([artefact]).map(|one| (one.id(), one)));
    }

    async fn confirmed(&self) -> Result<Visited, Doubt> {
        let read = async |id: EvidenceId| self.blobs.get(&id).map(|one| one.bytes().to_vec()).context("no such blob");
        confirmed(&self.last, &self.world.ad, &self.limits, &self.tools.looking, &self.tools, read).await
    }

    /// Why the landing is visited whole.
    #[track_caller]
    fn doubts(found: Result<Visited, Doubt>, words: &str) {
        let why = found.err().expect("it is not the same").to_string();
        assert!(why.contains(words), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_landing_that_is_as_it_was_is_confirmed_and_says_so() {
    let mut visits = Visits::to("honest-shop").await;
    let whole = visits.last.clone();
    for times in 1..=2 {
        let again = visits.confirmed().await.unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(again.chains.len(), 2);
        for chain in &again.chains {
            let mark = chain.reconfirmed.as_ref().expect("it says so");
            assert_eq!((mark.times, mark.visited_at, mark.at), (times, whole.at, again.began));
            assert!(mark.by.contains("postlink") && mark.by.contains("Chrom"), "{}", mark.by);
            for id in [mark.probe, mark.traffic, mark.snapshot, mark.picture] {
                assert!(again.kept.get(id).is_some(), "{id}");
            }
        }
        // One picture for each visitor, whatever the number of looks: those of the look before are that look's case's.
        let looks = again.kept.all().filter(|one| one.what.starts_with("traffic") && one.what.contains(CHEAP)).count();
        assert_eq!(looks, 4);
        visits.keep(&again);
        assert_eq!((&visits.last.page, &visits.last.body), (&whole.page, &whole.body));
        assert!(visits.last.at > whole.at);
    }
    // What is read of it is as good as of a visit, and tells what it is.
    let again = visits.confirmed().await.expect("the same");
    let (ad, folder) = (visits.world.ad.clone(), visits.world.folder.clone());
    let read = pipeline::read(ad, again, &folder, &visits.tools).await;
    let said = pipeline::say(read, Vec::new(), &visits.tools).await;
    assert!(matches!(said.case.verdict(), Verdict::Clean(_)), "{:?}", said.case.gaps);
    assert!(said.case.chains.iter().all(|chain| chain.reconfirmed.is_some()));
    let few = Limits { most: 2, ..visits.limits };
    visits.limits = few;
    Visits::doubts(visits.confirmed().await, "2 cheap looks in a row are enough");
    visits.limits = Limits { most: 9, lasts: TimeDelta::zero(), ..few };
    Visits::doubts(visits.confirmed().await, "it was visited whole at");
    let read = async |id: EvidenceId| visits.blobs.get(&id).map(|one| one.bytes().to_vec()).context("no such blob");
    assert!(
        same(&visits.last, &visits.world.ad, &visits.limits, &visits.tools.looking, &visits.tools, read)
            .await
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_differs_is_visited_whole() {
    let mut visits = Visits::to("honest-shop").await;
    let (page, goods) = (visits.world.page("goods.html"), "/goods/4410");
    let picture = std::fs::read(visits.world.folder.join("pages/set.jpg")).expect("a picture");
    let other = std::fs::read(visits.world.folder.join("../honest-game-gift/pages/kv.jpg")).expect("a picture");

    visits.world.change(goods, page.replacen("99", "199", 1));
    Visits::doubts(visits.confirmed().await, "another body");
    visits.world.as_it_was();
    visits.world.change("/goods/4410.jpg", other);
    Visits::doubts(visits.confirmed().await, "the picture http://m.tuantuan-baby.test/goods/4410.jpg is another one");
    visits.world.as_it_was();
    visits.world.change("/t", "http://m.tuantuan-baby.test/cart/confirm");
    Visits::doubts(visits.confirmed().await, "hop 1");
    visits.world.as_it_was();
    visits.world.change("/goods/4410.jpg", picture);
    visits.confirmed().await.expect("it is as it was");

    let last = visits.last.clone();
    visits.last = Seen { bad: true, ..last.clone() };
    Visits::doubts(visits.confirmed().await, "something was found there");
    visits.last = last;
    let lost = visits.blobs.iter().find(|(_, one)| one.what == "page picture").map(|(id, _)| *id).expect("a picture");
    let kept = visits.blobs.remove(&lost).expect("it is there");
    Visits::doubts(visits.confirmed().await, "no such blob");
    visits.blobs.insert(lost, kept);
    visits.confirmed().await.expect("it is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_scripts_make_another_one_is_visited_whole() {
    // The document stays as it is, byte for byte; what its script does is switched.
    let cloaks = World::serve("cloak-by-script").await.page("app.js");
    let harmless = cloaks.replace("location.replace(", "void (");
    assert_ne!(harmless, cloaks);
    let visits = Visits::after("cloak-by-script", &[("/js/app.js", &harmless)]).await;
    visits.confirmed().await.unwrap_or_else(|why| panic!("{why}"));
    visits.world.change("/js/app.js", cloaks);
    Visits::doubts(visits.confirmed().await, "hops, and 1 before");
    visits.world.change("/js/app.js", format!("{harmless}; document.title = 'x';"));
    Visits::doubts(visits.confirmed().await, "script http://www.muyi-tea.test/js/app.js is another one");
    visits.world.change("/js/app.js", harmless);
    visits.confirmed().await.expect("it is as it was");

    // Where a script decided from the beginning, plain HTTP knows nothing of the page.
    let visits = Visits::to("cloak-by-script").await;
    Visits::doubts(visits.confirmed().await, "shown different things");
}
