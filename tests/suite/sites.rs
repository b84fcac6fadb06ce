//! The test worlds are whole: every file is there and used, every ad says what is expected of it.

use std::collections::BTreeSet;
use std::path::Path;

use postlink_tests::repository::{self, shown};
use postlink_tests::world::{self, World};
use url::Url;

#[test]
fn there_are_enough_worlds_of_every_verdict() {
    let worlds = worlds();
    assert!(worlds.len() >= 10, "only {} worlds", worlds.len());
    for verdict in ["violating", "clean", "inconclusive"] {
        let count = worlds.iter().flat_map(|world| &world.ads).filter(|ad| ad.expect.verdict == verdict).count();
        assert!(count >= 2, "only {count} ads are {verdict}");
    }
}

#[test]
fn hosts_and_ads_belong_to_one_world_each() {
    let mut seen = BTreeSet::new();
    for world in worlds() {
        for host in &world.hosts {
            assert!(host.ends_with(".test"), "{}: {host} could be a real host", world.name);
            assert!(world.routes.iter().any(|route| route.host == *host), "{}: {host} answers nothing", world.name);
            assert!(seen.insert(host.clone()), "{host} stands in two worlds");
        }
        for entry in &world.ads {
            assert!(seen.insert(entry.ad.ad_id.clone()), "{} stands in two worlds", entry.ad.ad_id);
        }
    }
}

#[test]
fn every_ad_says_what_is_expected_of_it() {
    let checks = checks();
    for world in worlds() {
        assert!(!world.ads.is_empty(), "{} has no ad", world.name);
        for entry in &world.ads {
            let (id, expect) = (&entry.ad.ad_id, &entry.expect);
            match expect.verdict.as_str() {
                "violating" => assert!(!expect.checks.is_empty(), "{id}: by which check?"),
                "clean" | "inconclusive" => assert!(expect.checks.is_empty(), "{id}: a check without a violation"),
                other => panic!("{id}: there is no verdict {other}"),
            }
            for check in &expect.checks {
                assert!(checks.contains(check), "{id}: there is no check {check}; there are {checks:?}");
            }
        }
    }
}

#[test]
fn every_click_leads_into_its_world() {
    for world in worlds() {
        for entry in &world.ads {
            let click = Url::parse(&entry.ad.click_url).unwrap_or_else(|e| panic!("{}: {e}", entry.ad.ad_id));
            let host = click.host_str().unwrap_or_default();
            let answered = world.routes.iter().any(|route| route.fits(host, click.path(), ""));
            assert!(answered, "{}: nothing answers {click}", entry.ad.ad_id);
        }
    }
}

#[test]
fn every_file_of_a_world_is_used_and_every_used_file_is_there() {
    for world in worlds() {
        let mut used = BTreeSet::from([world.folder.join("site.toml")]);
        used.extend(
            world.routes.iter().filter_map(|route| Some(world.folder.join("pages").join(route.file.as_ref()?))),
        );
        for creative in world.ads.iter().flat_map(|entry| &entry.ad.creatives) {
            used.extend(
                [&creative.path, &creative.subtitles].into_iter().flatten().map(|path| world.folder.join(path)),
            );
        }
        let made = made(&world);
        for path in &used {
            assert!(path.is_file(), "{} is used and not there", shown(path));
            let picture =
                path.extension().is_some_and(|extension| ["jpg", "png", "mp4"].iter().any(|e| extension == *e));
            assert!(!picture || made.contains(path), "{} has no source in creative/src", shown(path));
        }
        for path in repository::files(&world.folder) {
            let source = path.starts_with(world.folder.join("creative/src"));
            assert!(source || used.contains(&path), "{} is not used", shown(&path));
        }
    }
}

#[test]
fn the_worlds_stay_small() {
    let bytes: u64 = repository::files(&world::folder()).iter().map(|path| path.metadata().unwrap().len()).sum();
    assert!(bytes < 3_000_000, "{bytes} bytes of test worlds");
}

fn worlds() -> Vec<World> {
    world::all().unwrap()
}

/// What `tests/sites/render-creatives` makes from the sources of this world.
fn made(world: &World) -> BTreeSet<std::path::PathBuf> {
    let mut made = BTreeSet::new();
    for source in repository::files(&world.folder.join("creative/src")) {
        let text = std::fs::read_to_string(&source).unwrap();
        let first = text.lines().next().unwrap_or_default();
        let words: Vec<&str> = first.split_whitespace().collect();
        let ["<!--", "render" | "film" | "cut", name, ..] = words[..] else {
            panic!("{} does not say what is made of it", shown(&source));
        };
        // A cut makes several pictures: as many as are there without a hole.
        let pieces = (1..).map(|piece| world.folder.join(name.replace("%d", &piece.to_string())));
        let whole = if name.contains("%d") { 20 } else { 1 };
        made.extend(pieces.take(whole).take_while(|path| Path::is_file(path)));
    }
    made
}

/// The ids of the checks there are: the names of their files.
fn checks() -> BTreeSet<String> {
    let folder = repository::root().join("checker/src/checks");
    let names = repository::files(&folder).into_iter().filter_map(|path| {
        let stem = path.file_stem()?.to_str()?.to_owned();
        (path.parent() == Some(&folder)).then(|| stem.replace('_', "-"))
    });
    names.collect()
}
