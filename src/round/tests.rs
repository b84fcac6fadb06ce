//! Rounds on a store in a folder: every ad in one job, and no more than the budget allows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::complaint::{Complaint, Source};
use model::landing::{History, Landing, Seen};
use model::sweep::{Budget, SweepState};
use storage::hearing::Hearing as _;
use storage::library::NewAd;
use storage::sqlite::{self, SqliteStore};
use tempfile::TempDir;

use super::*;
use crate::config;

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + hours * 3_600, 0).expect("a time")
}

async fn store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = sqlite::open(folder.path(), Arc::new(|| at(0))).await.expect("opens");
    (store, folder)
}

fn ad(id: &str, landing: usize) -> NewAd {
    NewAd {
        ad_id: id.to_owned(),
        platform: None,
        advertiser: None,
        trade: None,
        tags: Vec::new(),
        approved_at: None,
        ends_at: None,
        landing: Landing::of(format!("https://h{landing}.test/"), format!("h{landing}.test")),
        ad: format!("{{\"ad_id\":\"{id}\",\"click_url\":\"https://h{landing}.test/\"}}"),
        folder: "/".to_owned(),
        files: BTreeMap::new(),
    }
}

async fn import(store: &SqliteStore, ads: usize, landings: usize) {
    let ads: Vec<_> = (0..ads).map(|n| ad(&format!("ad-{n:05}"), n % landings)).collect();
    for ads in ads.chunks(storage::library::MOST_AT_ONCE) {
        store.import(ads, at(0)).await.expect("imports");
    }
}

fn sweep(cadence: Cadence) -> Sweep {
    Sweep {
        name: "nightly".to_owned(),
        scope: Scope::default(),
        cadence,
        visitors: vec!["phone".to_owned(), "desktop".to_owned()],
        depth: 1,
        pool: "default".to_owned(),
        budget: Budget::default(),
        priority: 2,
        state: SweepState::Running,
        secret: "secret".to_owned(),
        created_at: at(0),
        next_at: Some(at(1)),
    }
}

fn nightly() -> Sweep {
    sweep(Cadence::Cron { pattern: "0 * * * *".into(), time_zone: "UTC".into(), window_minutes: 0 })
}

fn costs() -> Costs {
    Costs { assumed: config::load(None).expect("the defaults").sweep, pages_behind: 4 }
}

/// What waits, granted and done job after job.
async fn work(store: &SqliteStore) -> Vec<(String, Work)> {
    let mut all = Vec::new();
    loop {
        let leases = store.grant("default", at(5_000), TimeDelta::hours(1), 100).await.expect("grants");
        if leases.is_empty() {
            return all;
        }
        for lease in leases {
            let (job_id, token) = (lease.job_id.clone(), lease.token);
            let done = storage::frontier::Done {
                job_id,
                token,
                worker: "w".to_owned(),
                outcome: "{}".to_owned(),
                pause: TimeDelta::zero(),
            };
            store.complete(&done, at(5_000)).await.expect("completes");
            all.push((lease.job_id, serde_json::from_str(&lease.work).expect("it is work")));
        }
    }
}

fn ads_of(work: &[(String, Work)]) -> Vec<&str> {
    let mut ads: Vec<_> = work.iter().flat_map(|(_, work)| work.ads.iter().map(String::as_str)).collect();
    ads.sort_unstable();
    ads
}

#[tokio::test]
async fn every_ad_of_a_round_is_in_one_job_however_often_it_is_opened() {
    let (store, _folder) = store().await;
    import(&store, 3_000, 37).await;
    store.create(&nightly()).await.expect("creates");
    let round = open_round(&store, &nightly(), at(1), &costs(), at(1)).await.expect("opens");
    assert_eq!(round.counts, RoundCounts { ads: 3_000, landings: 37, left_out: 0, jobs: 37 });
    assert_eq!((round.id.as_str(), round.state), ("nightly.20270115T090000Z", RoundState::Open));
    // As if it had been cut off, with another ad imported meanwhile.
    store.save_round(&Round { state: RoundState::Opening, ..round.clone() }).await.expect("keeps");
    store.import(&[ad("late", 99)], at(2)).await.expect("imports");
    let again = open_round(&store, &nightly(), at(1), &costs(), at(2)).await.expect("opens");
    assert_eq!((again.counts, again.opened_at), (round.counts, at(1)));
    let work = work(&store).await;
    let ads = ads_of(&work);
    assert_eq!((work.len(), ads.len(), ads.iter().collect::<BTreeSet<_>>().len()), (37, 3_000, 3_000));
    let kept = store.sweep("nightly").await.expect("reads").expect("it is there");
    assert_eq!(kept.next_at, Some(at(3)), "what was missed is passed over");
}

#[tokio::test]
async fn ads_that_one_job_has_no_room_for_are_held_against_its_look() {
    let (store, _folder) = store().await;
    let many = 2 * MOST_ADS + 3;
    import(&store, many, 1).await;
    store.create(&nightly()).await.expect("creates");
    let round = open_round(&store, &nightly(), at(1), &costs(), at(1)).await.expect("opens");
    assert_eq!(round.counts, RoundCounts { ads: many as u64, landings: 1, left_out: 0, jobs: 1 });
    let mut all = work(&store).await;
    let first = all[0].0.clone();
    loop {
        let last = &all.last().expect("one is there").1;
        let Some(part) =
            next_part(&store, &nightly(), &costs(), &round, last, Some(first.clone())).await.expect("looks")
        else {
            break;
        };
        assert!(part.host.ends_with(".invalid"), "{}", part.host);
        store.enqueue(&[part]).await.expect("enqueues");
        all.extend(work(&store).await);
    }
    let parts: Vec<_> = all.iter().map(|(_, work)| (work.ads.len(), work.more, work.look_of.as_deref())).collect();
    assert_eq!(
        parts,
        [(MOST_ADS, true, None), (MOST_ADS, true, Some(first.as_str())), (3, false, Some(first.as_str()))]
    );
    assert_eq!(ads_of(&all).into_iter().collect::<BTreeSet<_>>().len(), many);
}

#[tokio::test]
async fn a_budget_takes_what_is_likeliest_to_have_switched() {
    let (store, _folder) = store().await;
    import(&store, 400, 200).await;
    // Half of them were looked at an hour ago.
    let ids: Vec<_> = (0..200).map(|n| ad("x", n).landing.id).collect();
    for known in store.known(&ids[..100]).await.expect("reads") {
        let last = Seen {
            at: at(0),
            page: "p".to_owned(),
            etag: None,
            body: None,
            bad: false,
            visit: None,
            host: None,
            certificate_from: None,
            template: None,
        };
        let history = History { last_good: Some(at(0)), looks: 1, ..History::default() };
        store.looked(&Known { last: Some(last), history, ..known }).await.expect("keeps");
    }
    // Two visitors, five pages each: ten pages a landing.
    let limited = Sweep { budget: Budget { pages: Some(905), ..Budget::default() }, ..nightly() };
    let costs = costs();
    let told = preview(&store, &limited, &costs, at(1)).await.expect("looks");
    let round = open_round(&store, &limited, at(1), &costs, at(1)).await.expect("opens");
    let counts = round.counts;
    assert!(counts.jobs <= 90 && counts.jobs > 75 && counts.left_out == 200 - counts.jobs, "{counts:?}");
    assert_eq!((told.ads, told.landings, told.left_out), (counts.ads, counts.landings, counts.left_out));
    assert!(told.pages <= 905.0 && told.hosts == counts.landings, "{told:?}");
    let work = work(&store).await;
    assert!(work.iter().all(|(_, work)| work.last.is_none()), "those never seen go first");
}

#[tokio::test]
async fn what_people_complain_of_is_looked_at_before_what_is_as_old() {
    let (store, _folder) = store().await;
    import(&store, 100, 100).await;
    let ids: Vec<_> = (0..100).map(|n| ad("x", n).landing.id).collect();
    for known in store.known(&ids).await.expect("reads") {
        let (page, host) = (known.landing.url.clone(), None);
        let (etag, template, body, visit, certificate_from) = (None, None, None, None, None);
        let last = Seen { at: at(-48), page, etag, template, body, bad: false, visit, host, certificate_from };
        let history = History { last_good: Some(at(-48)), looks: 1, ..History::default() };
        store.looked(&Known { last: Some(last), history, ..known }).await.expect("keeps");
    }
    let complaint = |n: usize| Complaint {
        id: n.to_string(),
        source: Source::Hotline,
        at: at(-24),
        text: "没有领到".into(),
        user: Some(format!("u{n}")),
        platform: None,
        ad: Some(format!("ad-{:05}", 40 + n)),
        click: None,
        age: None,
        rating: None,
        refunded: None,
    };
    let said: Vec<_> = (0..5).map(complaint).collect();
    store.take_complaints(&said, TimeDelta::days(90)).await.expect("takes");
    let limited = Sweep { budget: Budget { pages: Some(105), ..Budget::default() }, ..nightly() };
    open_round(&store, &limited, at(24), &costs(), at(24)).await.expect("opens");
    let work = work(&store).await;
    let taken: Vec<&str> = work.iter().flat_map(|(_, work)| &work.ads).map(String::as_str).collect();
    // Chance says which of the others are taken, and can leave no room for one of those.
    let complained = (40..45).filter(|n| taken.contains(&format!("ad-{n:05}").as_str())).count();
    assert!(complained >= 4 && taken.len() < 12, "of the 5, and of 95 others: {taken:?}");
}

#[tokio::test]
async fn a_certificate_of_yesterday_makes_a_switch_likelier() {
    let (store, _folder) = store().await;
    import(&store, 1, 1).await;
    let known = store.known(&[ad("x", 0).landing.id]).await.expect("reads").remove(0);
    let (page, day) = ("p".to_owned(), TimeDelta::days(1));
    let foreseen = |certificate_from| {
        let (etag, body, visit, host) = (None, None, None, None);
        let (page, template) = (page.clone(), None);
        let last = Seen { at: at(0), page, template, etag, body, bad: false, visit, host, certificate_from };
        governance::revisit::hazard(&Known { last: Some(last), ..known.clone() }, at(1))
    };
    let old = foreseen(Some(at(0) - day * 300));
    assert!(foreseen(Some(at(0) - day)) > 1.5 * old);
    assert_eq!(foreseen(None), old, "what is not known is held against nobody");
}

#[tokio::test]
async fn a_continuous_round_is_what_is_due() {
    let (store, _folder) = store().await;
    import(&store, 30, 3).await;
    let ids: Vec<_> = (0..3).map(|n| ad("x", n).landing.id).collect();
    let due = [Some(at(9)), Some(at(1)), None];
    for known in store.known(&ids).await.expect("reads") {
        let which = ids.iter().position(|id| *id == known.landing.id).expect("one of them");
        store.looked(&Known { next_due: due[which], ..known }).await.expect("keeps");
    }
    let round = open_round(&store, &sweep(Cadence::Continuous), at(1), &costs(), at(1)).await.expect("opens");
    assert_eq!(round.counts, RoundCounts { ads: 20, landings: 2, left_out: 1, jobs: 2 });
}

#[tokio::test]
async fn another_sample_and_another_click_each_round() {
    let (store, _folder) = store().await;
    import(&store, 1_000, 200).await;
    let tenth = Sweep { scope: Scope { sample: Some(10.0), ..Scope::default() }, ..nightly() };
    let mut samples = Vec::new();
    for hour in [1, 2] {
        open_round(&store, &tenth, at(hour), &costs(), at(hour)).await.expect("opens");
        let work = work(&store).await;
        let landings: BTreeSet<_> = work.into_iter().map(|(_, work)| work.landing.url).collect();
        assert!((8..40).contains(&landings.len()), "{}", landings.len());
        samples.push(landings);
    }
    assert!(samples[0].intersection(&samples[1]).count() < 8);
    let mut clicks = BTreeSet::new();
    for hour in 3..9 {
        open_round(&store, &nightly(), at(hour), &costs(), at(hour)).await.expect("opens");
        let work = work(&store).await;
        let of_one = work.iter().find(|(_, work)| work.landing.host == "h0.test").expect("it is visited");
        clicks.insert(of_one.1.ads[0].clone());
    }
    assert!(clicks.len() > 1, "{clicks:?}");
}

#[tokio::test]
async fn a_round_without_ads_is_over() {
    let (store, _folder) = store().await;
    let once = sweep(Cadence::Once { at: None });
    store.create(&once).await.expect("creates");
    let round = open_round(&store, &once, at(1), &costs(), at(1)).await.expect("opens");
    assert_eq!((round.state, round.ended_at), (RoundState::Done, Some(at(1))));
    assert_eq!(store.sweep("nightly").await.expect("reads").expect("it is there").next_at, None);
    assert_eq!(store.due(at(99)).await.expect("looks"), []);
}

#[tokio::test]
async fn who_pauses_or_ends_a_sweep_while_its_round_is_opened_is_heard() {
    let (store, _folder) = store().await;
    import(&store, 30, 3).await;
    for (state, of_round) in [(SweepState::Paused, RoundState::Paused), (SweepState::Cancelled, RoundState::Cancelled)]
    {
        let name = format!("s-{}", matches!(state, SweepState::Paused));
        let sweep = Sweep { name, ..nightly() };
        store.create(&Sweep { state, ..sweep.clone() }).await.expect("creates");
        let round = open_round(&store, &sweep, at(1), &costs(), at(1)).await.expect("opens");
        assert_eq!(round.state, of_round);
        assert_eq!(work(&store).await, [], "nothing is granted");
        let kept = store.sweep(&sweep.name).await.expect("reads").expect("it is there");
        assert_eq!((kept.state, kept.next_at.is_some()), (state, state == SweepState::Paused));
    }
}

#[tokio::test]
async fn a_look_says_when_to_look_again() {
    let (store, _folder) = store().await;
    import(&store, 40, 20).await;
    let continuous = Sweep { budget: Budget { pages: Some(100), ..Budget::default() }, ..sweep(Cadence::Continuous) };
    // Ten pages a landing, twenty landings: half a look a day.
    let share = looked::shared_out(&store, &continuous, &costs(), 0.0, at(1)).await.expect("shares");
    let known = store.known(&[ad("x", 0).landing.id]).await.expect("reads").remove(0);
    let seen = |hours: i64, bad: bool| Seen {
        at: at(hours),
        page: format!("p{bad}"),
        etag: None,
        body: None,
        bad,
        visit: None,
        host: None,
        certificate_from: None,
        template: None,
    };
    let took = |cpu_ms: f64| looked::Took { cpu_ms, bytes: 1e6, ms: 9_000.0 };
    let chance = Chance::of("secret");
    let first = looked::looked(&known, seen(1, false), took(4_000.0), &share, &chance);
    let due = first.next_due.expect("it is due") - at(1);
    assert!((1..=96).contains(&due.num_hours()), "{due}");
    let second = looked::looked(&first, seen(40, true), took(6_000.0), &share, &chance);
    assert!(second.next_due.expect("it is due") - at(40) < TimeDelta::hours(1), "a switch is followed closely");
    assert_eq!(second.cost.map(|cost| (cost.visits, cost.cpu_ms)), Some((2, 5_000.0)));
    store.looked(&second).await.expect("keeps");
    open_round(&store, &sweep(Cadence::Continuous), at(41), &costs(), at(41)).await.expect("opens");
    let work = work(&store).await;
    let again = work.iter().find(|(_, work)| work.landing == known.landing).expect("it is due");
    assert_eq!(again.1.last.as_ref().map(|last| last.bad), Some(true));
}

/// Whoever goes on with a round that was cut off between two pages begins behind the last one, with what is left of its budget, and
/// counts what was counted before as it was then.
#[tokio::test]
async fn a_round_that_is_cut_off_between_two_pages_is_gone_on_with() {
    let (store, _folder) = store().await;
    let landings = 3 * LANDINGS_OF_A_PAGE + 7;
    import(&store, 2 * landings, landings).await;
    // Two visitors, five pages each: what there is for all but a few.
    let few = 40;
    let budget = Budget { pages: Some(10 * (landings - few) as u64), ..Budget::default() };
    let continuous = Sweep { budget, ..sweep(Cadence::Continuous) };
    store.create(&continuous).await.expect("creates");
    let id = Round::name(&continuous.name, at(1));
    let begun = Round {
        id: id.clone(),
        sweep: continuous.name.clone(),
        opened_at: at(1),
        state: RoundState::Opening,
        counts: RoundCounts::default(),
        ended_at: None,
    };
    store.begin_round(&begun).await.expect("begins");
    let costs = costs();
    let opening = Opening { store: &store, sweep: &continuous, costs: &costs, round: &id, at: at(1) };
    let mut so_far = opening.so_far().await.expect("begins");
    let mut groups = Groups::of(&store, &continuous.scope, at(1));
    for _ in 0..2 {
        assert!(opening.page(&mut groups, &mut so_far).await.expect("makes jobs"));
    }
    let cut_off = so_far.counts;
    let mut first = work(&store).await;
    assert!(first.len() > LANDINGS_OF_A_PAGE && first.len() as u64 == cut_off.jobs, "{cut_off:?}");
    // Meanwhile what was visited is not due any more: begun anew, the round would leave it out.
    let ids: Vec<_> = first.iter().map(|(_, work)| work.landing.id.clone()).collect();
    for known in store.known(&ids).await.expect("reads") {
        store.looked(&Known { next_due: Some(at(999)), ..known }).await.expect("keeps");
    }
    // Another page was cut off before it was noted: its jobs are there already.
    opening.page(&mut groups, &mut so_far.clone()).await.expect("makes jobs");
    let noted = so_far.clone();
    store.note_so_far(&id, &serde_json::to_string(&noted).expect("plain")).await.expect("notes");

    let round = open_round(&store, &continuous, at(1), &costs, at(2)).await.expect("goes on");
    first.extend(work(&store).await);
    let jobs: BTreeSet<_> = first.iter().map(|(job, _)| job).collect();
    let counts = round.counts;
    assert_eq!(
        (jobs.len(), first.len() as u64, counts.jobs),
        (first.len(), counts.jobs, counts.landings),
        "no job twice"
    );
    assert_eq!(counts.landings + counts.left_out, landings as u64, "none missing");
    assert_eq!((counts.ads, ads_of(&first).len() as u64), (2 * counts.landings, counts.ads));
    assert!(counts.landings <= (landings - few) as u64, "its budget is the same: {counts:?}");
    assert_eq!((round.state, store.so_far(&id).await.expect("reads")), (RoundState::Open, None));
}

#[tokio::test]
async fn a_job_holds_where_the_last_look_ended_and_no_redirector() {
    let (store, _folder) = store().await;
    import(&store, 4, 4).await;
    let ids: Vec<_> = (0..4).map(|n| ad("x", n).landing.id).collect();
    let last = Seen {
        at: at(0),
        page: "p".to_owned(),
        etag: None,
        body: None,
        bad: false,
        visit: None,
        host: Some("land.test".to_owned()),
        certificate_from: None,
        template: None,
    };
    // Three lead to one host, one of them by a redirector; where the fourth leads is not known.
    for known in store.known(&ids[..3]).await.expect("reads") {
        store.looked(&Known { last: Some(last.clone()), ..known }).await.expect("keeps");
    }
    let mut costs = costs();
    costs.assumed.redirectors = vec!["h2.test".to_owned()];
    open_round(&store, &nightly(), at(1), &costs, at(1)).await.expect("opens");
    let mut at_once = Vec::new();
    for _ in 0..2 {
        at_once.extend(store.grant("default", at(5_000), TimeDelta::hours(1), 100).await.expect("grants"));
    }
    let hosts: BTreeSet<_> = at_once.iter().map(|lease| lease.host.as_str()).collect();
    assert!(hosts.len() == 2 && hosts.contains("h3.test"), "one of those that lead to one host: {hosts:?}");
    let told = preview(&store, &nightly(), &costs, at(1)).await.expect("looks");
    assert_eq!((told.busiest_host.as_str(), told.hosts), ("land.test", 4), "a redirector makes nobody wait");
}
