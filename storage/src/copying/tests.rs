//! A copy holds what the folder holds, goes on where it stopped, and takes over nothing that was changed.

use chrono::TimeDelta;
use model::event::Choice;
use model::landing::{Known, Landing, Seen};
use model::sweep::Scope;
use tempfile::TempDir;

use super::*;
use crate::accounts::{Accounts as _, Secrets, suite};
use crate::decisions::{Decision, Decisions as _};
use crate::facts::suite::{Asked as _, examine_violating, told};
use crate::frontier::{Done, Frontier as _, NewJob};
use crate::library::{AdFile, Library as _, NewAd};
use crate::log::checkpoint::Checkpoint;
use crate::log::{Entry, KeptCheckpoint};
use crate::postgres::tests::{Server, clock};
use crate::stamp::{KeptStamp, ToStamp};
use crate::suite::{answered, examine};
use crate::{evidence, postgres, sqlite};

async fn filled(ads: &[&str]) -> (SqliteStore, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = sqlite::open(dir.path(), clock()).await.unwrap();
    for (at, ad) in ads.iter().enumerate() {
        examine(&store, ad, at as u64, "first").await;
    }
    store.remember(EvidenceId::of(b"picture"), b"words").await.unwrap();
    (store, dir)
}

async fn empty() -> (PostgresStore, (Server, TempDir)) {
    let (server, blobs) = (Server::start(), tempfile::tempdir().unwrap());
    (postgres::open(&server.url(), blobs.path(), clock()).await.unwrap(), (server, blobs))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_holds_every_case_artefact_and_reading_and_goes_on_with_the_chain() {
    let (from, dir) = filled(&["a", "b", "c"]).await;
    let (to, (_server, blobs)) = empty().await;
    let copied = copy(&from, &to).await.unwrap();
    assert_eq!(
        copied,
        Copied { cases: 3, artefacts: 6, readings: 1, entries: 3, stamps: 0, there_before: 0, rows: 3, files: 0 }
    );
    assert_eq!(to.history(DateTime::UNIX_EPOCH).await.unwrap(), from.history(DateTime::UNIX_EPOCH).await.unwrap());
    for case in from.cases().await.unwrap() {
        assert_eq!(to.line(&case.case_id).await.unwrap(), from.line(&case.case_id).await.unwrap());
        for kept in to.rests_on(&case.case_id).await.unwrap() {
            assert_eq!(to.read(kept.id).await.unwrap(), from.read(kept.id).await.unwrap());
        }
        let manifest = evidence::manifest_path(&case.case_id);
        assert_eq!(
            std::fs::read(blobs.path().join(&manifest)).unwrap(),
            std::fs::read(dir.path().join(&manifest)).unwrap()
        );
    }
    assert_eq!(to.recall(EvidenceId::of(b"picture")).await.unwrap().as_deref(), Some(&b"words"[..]));
    assert_eq!(to.logged(0, 10).await.unwrap(), from.logged(0, 10).await.unwrap());
    assert_eq!(examine(&to, "d", 3, "first").await.number, 4);
    assert_eq!(to.log_size().await.unwrap(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_was_cut_off_goes_on_and_another_chain_is_refused() {
    let (from, _dir) = filled(&["a"]).await;
    let (to, _held) = empty().await;
    copy(&from, &to).await.unwrap();
    examine(&from, "b", 1, "first").await;
    let copied = copy(&from, &to).await.unwrap();
    assert_eq!((copied.there_before, copied.cases, copied.artefacts), (1, 1, 2));
    let (other, _dir) = filled(&["x", "y", "z"]).await;
    let error = copy(&other, &to).await.expect_err("another chain").to_string();
    assert!(error.contains("of another chain: copy into an empty database"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_copied_with_all_that_is_between_the_cases_and_with_its_checkpoints() {
    let (from, _dir) = filled(&["a"]).await;
    let entry = |ad: &str| Entry::Restamp {
        of: EvidenceId::of(ad.as_bytes()),
        stamp: EvidenceId::of(b"stamp"),
        authority: "tsa".into(),
        at: DateTime::UNIX_EPOCH,
    };
    from.append(&entry("between")).await.unwrap();
    let root = tree::root(&from.hashes(0, 0, 2).await.unwrap());
    from.keep_checkpoint(&Checkpoint { origin: "o".into(), size: 2, root }.unsigned()).await.unwrap();
    let (to, _held) = empty().await;
    copy(&from, &to).await.unwrap();
    examine(&from, "b", 1, "first").await;
    from.append(&entry("behind")).await.unwrap();
    assert_eq!(copy(&from, &to).await.unwrap().entries, 4);
    assert_eq!(to.logged(0, 10).await.unwrap(), from.logged(0, 10).await.unwrap());
    let notes = |kept: Vec<KeptCheckpoint>| kept.into_iter().map(|kept| kept.note).collect::<Vec<_>>();
    assert_eq!(notes(to.checkpoints().await.unwrap()), notes(from.checkpoints().await.unwrap()));

    let (one, other) = (EvidenceId::of(b"one"), EvidenceId::of(b"other"));
    for digest in [one, other] {
        from.want(&ToStamp { digest, what: "checkpoint".into() }).await.unwrap();
    }
    copy(&from, &to).await.unwrap();
    from.stamped(1, &answered()).await.unwrap();
    assert_eq!(copy(&from, &to).await.unwrap().stamps, 2);
    let told =
        |stamps: Vec<KeptStamp>| stamps.into_iter().map(|stamp| (stamp.digest, stamp.what, stamp.state, stamp.answer));
    assert!(told(to.stamps().await.unwrap()).eq(told(from.stamps().await.unwrap())));

    to.append(&entry("elsewhere")).await.unwrap();
    let error = copy(&from, &to).await.expect_err("another log").to_string();
    assert!(error.contains("another from entry 4 on"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_found_decided_and_not_yet_told_is_copied_and_told_once() {
    let (from, _dir) = filled(&[]).await;
    let case = examine_violating(&from, "a").await;
    let (case_id, by) = (case.case_id.clone(), "Li".to_owned());
    let decision = Decision { case_id, violation: Some(2), choice: Choice::Reject, reason: None, by };
    let decided = from.decide(&decision).await.unwrap();
    assert_eq!(told(&from).await.len(), 4);
    examine(&from, "b", 1, "first").await;
    let (to, _held) = empty().await;
    for _ in 0..2 {
        copy(&from, &to).await.unwrap();
        assert_eq!(to.decisions_of(&case.case_id).await.unwrap(), std::slice::from_ref(&decided));
        let query =
            "SELECT case_id || number || rule || coalesce(decision, '') FROM governance_violations ORDER BY number";
        assert_eq!(to.ask(query).await, from.ask(query).await);
    }
    let events = told(&to).await;
    assert!(matches!(&events[..], [one] if one.id.ends_with("-ended")), "what was told is told: {events:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_their_tokens_and_the_access_log_are_copied_and_go_on() {
    let (from, _dir) = filled(&[]).await;
    let (li, token) = (suite::account("li"), suite::token("li", "t1"));
    let hidden = Secrets {
        password: Some("$argon2id$".into()),
        totp: Some("ABC".into()),
        totp_step: Some(7),
        ..Secrets::default()
    };
    from.add_account(&li, &hidden).await.unwrap();
    from.add_token(&token).await.unwrap();
    from.note_access(&suite::access("li", "view", "a")).await.unwrap();
    let (to, _held) = empty().await;
    for times in 1..=2 {
        copy(&from, &to).await.unwrap();
        assert_eq!(to.account("li").await.unwrap(), Some((li.clone(), hidden.clone())));
        assert_eq!(to.tokens_of("li").await.unwrap(), std::slice::from_ref(&token));
        to.note_access(&suite::access("li", "view", "b")).await.unwrap();
        let seen = to.accesses(None, None, None, 9).await.unwrap();
        assert_eq!((seen.len(), seen.last().unwrap().object.as_str()), (1 + times, "a"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_lacks_the_evidence_of_cases_that_are_there_is_filled() {
    let (from, _dir) = filled(&["a"]).await;
    let (to, (server, _blobs)) = empty().await;
    copy(&from, &to).await.unwrap();
    let other = tempfile::tempdir().unwrap();
    let elsewhere = postgres::open(&server.url(), other.path(), clock()).await.unwrap();
    let copied = copy(&from, &elsewhere).await.unwrap();
    assert_eq!((copied.cases, copied.artefacts), (0, 2));
    let case = from.cases().await.unwrap().remove(0);
    assert!(other.path().join(evidence::manifest_path(&case.case_id)).is_file());
    for kept in elsewhere.rests_on(&case.case_id).await.unwrap() {
        elsewhere.read(kept.id).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed_is_not_taken_over() {
    let (from, dir) = filled(&["a"]).await;
    let (to, _held) = empty().await;
    let case = from.cases().await.unwrap().remove(0);
    let blob = dir.path().join(evidence::blob_path(from.rests_on(&case.case_id).await.unwrap()[1].id));
    std::fs::write(&blob, b"something else of no use").unwrap();
    let error = copy(&from, &to).await.expect_err("the blob was changed").to_string();
    assert!(error.contains("has changed"), "{error}");
    assert_eq!(to.history(DateTime::UNIX_EPOCH).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_column_of_every_table_is_copied() {
    // Those that are copied by what they mean; and what each store makes for itself.
    let by_meaning = [
        "cases",
        "case_evidence",
        "facts",
        "violations",
        "undecided",
        "traits",
        "readings",
        "log",
        "checkpoints",
        "stamps",
        "revocation_lists",
        "holds",
    ];
    let its_own = ["_sqlx_migrations", "sqlite_sequence", "outputs", "leaders", "log_tiles"];
    let of_a_day = ["sessions", "failed_logins", "answers"];
    // Before each round.
    let joined_anew = ["kin", "kin_edges", "signs"];
    let (from, _dir) = filled(&[]).await;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT tables.name, columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' ORDER BY tables.name, columns.cid",
    )
    .fetch_all(from.reading())
    .await
    .unwrap();
    let known = |name: &str| tables::ALL.iter().find(|table| table.name == name);
    for (table, column) in columns {
        if by_meaning.contains(&table.as_str())
            || its_own.contains(&table.as_str())
            || of_a_day.contains(&table.as_str())
            || joined_anew.contains(&table.as_str())
        {
            assert!(known(&table).is_none(), "{table} is copied twice");
            continue;
        }
        let copied = known(&table).unwrap_or_else(|| panic!("{table} would be lost"));
        assert!(copied.columns.iter().any(|one| one.name() == column), "{table}.{column} would be lost");
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn ad(id: &str, landing: usize, file: EvidenceId) -> NewAd {
    let kept = AdFile { evidence: file, lay_at: "place".into(), bytes: 18, changed_ns: 9 };
    NewAd {
        ad_id: id.to_owned(),
        platform: Some("feed".into()),
        advertiser: None,
        trade: None,
        tags: vec!["new".into(), "big".into()],
        approved_at: Some(at(-9)),
        ends_at: None,
        landing: Landing::of(format!("https://a{landing}.test/"), format!("a{landing}.test")),
        ad: format!("{{\"ad_id\":\"{id}\",\"title\":\"a'b\"}}"),
        folder: "/ads".into(),
        files: [("c.mp4".to_owned(), kept)].into(),
    }
}

/// A store in the middle of a round: a job done, one under way, and the others waiting.
async fn in_the_middle() -> (SqliteStore, TempDir) {
    let (from, dir) = filled(&["a"]).await;
    let film = Evidence::new("file of an ad", "video/mp4", b"a file of an ad 18".to_vec(), DateTime::UNIX_EPOCH);
    let file = from.keep(&film).await.unwrap().id;
    let ads: Vec<_> = (0..2_500).map(|n| ad(&format!("ad-{n:04}"), n % 40, file)).collect();
    from.import(&ads, at(0)).await.unwrap();
    from.import(&[ad("ad-0001", 39, file)], at(1)).await.unwrap();
    let known = from.known(&[ads[0].landing.id.clone()]).await.unwrap().remove(0);
    let last = Seen {
        at: at(2),
        page: "p".into(),
        etag: None,
        body: None,
        bad: false,
        visit: Some(EvidenceId::of(b"v")),
        host: None,
        certificate_from: None,
        template: None,
    };
    from.looked(&Known { last: Some(last), next_due: Some(at(99)), ..known }).await.unwrap();
    let jobs: Vec<_> = (0..40)
        .map(|n| NewJob {
            job_id: format!("nightly.1.{n}"),
            round: "nightly.1".into(),
            host: format!("a{n}.test"),
            also: Some("land.test".into()).filter(|_| n == 38),
            pool: "default".into(),
            priority: n,
            ready_at: at(0),
            most_attempts: 3,
            work: "{}".into(),
        })
        .collect();
    from.enqueue(&jobs).await.unwrap();
    let leases = from.grant("default", at(3), TimeDelta::hours(1), 2).await.unwrap();
    let done = Done {
        job_id: leases[0].job_id.clone(),
        token: leases[0].token,
        worker: "w".into(),
        outcome: "{\"n\":1}".into(),
        pause: TimeDelta::zero(),
    };
    from.complete(&done, at(4)).await.unwrap();
    (from, dir)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ads_landings_and_jobs_go_on_where_they_were_and_an_older_copy_is_replaced() {
    let (from, _dir) = in_the_middle().await;
    let (to, _held) = empty().await;
    let copied = copy(&from, &to).await.unwrap();
    // 2,500 ads with two tags and a file each, one that has moved, 40 landings, 41 hosts, 40 queues and jobs, 2 attempts, an event.
    assert_eq!((copied.rows, copied.files), (2_500 * 4 + 1 + 40 * 4 + 1 + 2 + 1, 1));
    let ids = ["ad-0001", "ad-2499"].map(ToOwned::to_owned);
    assert_eq!(to.ads(&ids).await.unwrap(), from.ads(&ids).await.unwrap());
    assert_eq!(to.moves("ad-0001").await.unwrap(), from.moves("ad-0001").await.unwrap());
    let landings: Vec<_> = (0..40).map(|n| ad("x", n, EvidenceId::of(b"")).landing.id).collect();
    assert_eq!(to.known(&landings).await.unwrap(), from.known(&landings).await.unwrap());
    let file = to.ads(&ids).await.unwrap()[0].files["c.mp4"];
    assert_eq!(to.read(file).await.unwrap(), from.read(file).await.unwrap());
    let tagged = Scope { tag: Some("big".into()), ..Scope::default() };
    assert_eq!(to.choose(&tagged, at(5), None, 9_999).await.unwrap().len(), 2_500);
    assert_eq!(to.progress("nightly.1").await.unwrap(), from.progress("nightly.1").await.unwrap());
    for job in ["nightly.1.39", "nightly.1.38", "nightly.1.0"] {
        assert_eq!(to.attempts(job).await.unwrap(), from.attempts(job).await.unwrap());
    }
    // What is under way keeps its host, and a new lease fences it.
    let before = from.attempts("nightly.1.38").await.unwrap().remove(0).token;
    let granted = to.grant("default", at(5), TimeDelta::hours(1), 99).await.unwrap();
    assert_eq!(granted.len(), 38, "one is done, one is under way");
    assert!(granted.iter().all(|lease| lease.token > before && lease.job_id != "nightly.1.38"));

    // Again, as if the first had been a trial: the folder is right.
    from.import(&[ad("late", 3, file)], at(6)).await.unwrap();
    let again = copy(&from, &to).await.unwrap();
    assert_eq!((again.rows, again.files), (copied.rows + 4, 0));
    assert_eq!(to.counts().await.unwrap(), from.counts().await.unwrap());
    assert_eq!(to.progress("nightly.1").await.unwrap(), from.progress("nightly.1").await.unwrap());
}
