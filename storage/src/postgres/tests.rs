//! The PostgreSQL store keeps the promises of every store, and those of many machines: against a real server, started for it.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use model::event::{Event, Examined, OfAd, What};
use tempfile::TempDir;

use super::*;
use crate::accounts::Accounts as _;
use crate::facts::suite::{Asked, VIEWS, examine_violating};
use crate::hash;
use crate::log::Log as _;
use crate::suite::examine;
pub(crate) use crate::suite::postgres::Server;

crate::storage_suite!(temporary);
crate::figures_suite!(temporary);
crate::frontier_suite!(temporary);
crate::library_suite!(temporary);
crate::sweeps_suite!(temporary);
crate::desk::suite::desk_suite!(temporary);
crate::facts::suite::facts_suite!(temporary);
crate::outbox::suite::outbox_suite!(temporary);
crate::previews::suite::previews_suite!(temporary);
crate::appeals::suite::appeals_suite!(temporary);
crate::hearing::suite::hearing_suite!(temporary);
crate::ledger::suite::ledger_suite!(temporary);
crate::kin::suite::kin_suite!(temporary);
crate::measures::suite::measures_suite!(temporary);
crate::transfers::suite::transfers_suite!(temporary);
crate::waiting::suite::waiting_suite!(temporary);
crate::weeks::suite::weeks_suite!(temporary);
crate::webhooks::suite::webhooks_suite!(temporary);

impl Asked for PostgresStore {
    async fn ask(&self, query: &'static str) -> Vec<String> {
        sqlx::query_scalar(query).fetch_all(self.reading()).await.unwrap()
    }

    async fn does(&self, statement: &'static str) -> Result<(), String> {
        sqlx::query(statement).execute(&self.pool).await.map(drop).map_err(|error| error.to_string())
    }
}

async fn temporary() -> (PostgresStore, (Server, TempDir)) {
    let (server, blobs) = (Server::start(), tempfile::tempdir().unwrap());
    (open(&server.url(), blobs.path(), clock()).await.unwrap(), (server, blobs))
}

/// Those of accounts, each on a database of its own of one server.
mod with_accounts {
    use super::*;

    crate::accounts::suite::accounts_suite!(named, within servers);

    fn servers() -> (Server, TempDir) {
        (Server::start(), tempfile::tempdir().unwrap())
    }

    async fn named((server, blobs): &(Server, TempDir), name: &str) -> PostgresStore {
        open(&server.database(name), blobs.path(), clock()).await.unwrap()
    }
}

/// The same promises with the blobs in a bucket.
mod in_a_bucket {
    use super::*;
    use crate::evidence::Bucket;
    use crate::suite::s3::Service;

    crate::storage_suite!(named, within servers);

    fn servers() -> (Server, Service) {
        (Server::start(), Service::start())
    }

    async fn named((server, service): &(Server, Service), name: &str) -> PostgresStore {
        let bucket = Bucket { url: format!("s3://evidence/{name}"), ..service.bucket() };
        open(&server.database(name), &bucket, clock()).await.unwrap()
    }
}

/// A time with more digits than the database has.
pub(crate) fn clock() -> Clock {
    Arc::new(|| DateTime::UNIX_EPOCH + TimeDelta::nanoseconds(1_234_567_891))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_machines_make_one_chain_and_each_sees_the_other() {
    let (one, (server, blobs)) = temporary().await;
    let other = open(&server.url(), blobs.path(), clock()).await.unwrap();
    let (first, second) = tokio::join!(
        async {
            for at in 0..5 {
                examine(&one, &format!("a{at}"), at, "first").await;
            }
        },
        async {
            for at in 0..5 {
                examine(&other, &format!("b{at}"), at, "first").await;
            }
        },
    );
    let ((), ()) = (first, second);
    let mut cases = one.history(DateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(cases, other.history(DateTime::UNIX_EPOCH).await.unwrap());
    cases.sort_by_key(|case| case.number);
    assert_eq!(cases.iter().map(|case| case.number).collect::<Vec<_>>(), (1..=10).collect::<Vec<_>>());
    for pair in cases.windows(2) {
        let text = std::fs::read(blobs.path().join(crate::evidence::manifest_path(&pair[1].case_id))).unwrap();
        let manifest: Manifest = serde_json::from_slice(&text).unwrap();
        assert_eq!(manifest.previous, Some(pair[0].manifest));
    }
}

#[tokio::test]
async fn a_manifest_that_a_crash_kept_from_being_written_is_written_on_opening() {
    let (store, (server, blobs)) = temporary().await;
    let case = examine(&store, "a", 0, "first").await;
    store.close().await;
    let path = blobs.path().join(crate::evidence::manifest_path(&case.case_id));
    let text = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    open(&server.url(), blobs.path(), clock()).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_machines_append_to_one_log() {
    let (one, (server, blobs)) = temporary().await;
    let other = open(&server.url(), blobs.path(), clock()).await.unwrap();
    let entry = |at: u64| {
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(at.cast_signed());
        Entry::Restamp { of: EvidenceId::of(b"a"), stamp: EvidenceId::of(b"b"), authority: "tsa".into(), at }
    };
    let fill = |store, first| async move {
        let appended =
            (first..first + 20).map(|at| async move { PostgresStore::append(store, &entry(at)).await.unwrap().index });
        futures_util::future::join_all(appended).await
    };
    let (mut given, more) = tokio::join!(fill(&one, 0), fill(&other, 100));
    given.extend(more);
    given.sort_unstable();
    assert_eq!(given, (0..40).collect::<Vec<_>>());
    assert_eq!(one.logged(0, 100).await.unwrap(), other.logged(0, 100).await.unwrap());
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_log() {
    let (store, _held) = temporary().await;
    examine(&store, "a", 0, "first").await;
    for statement in ["UPDATE log SET entry = '{}'", "DELETE FROM log", "TRUNCATE log"] {
        let error = sqlx::query(statement).execute(&store.pool).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let blobs = tempfile::tempdir().unwrap();
    let Err(error) = open("postgres://me:secret@127.0.0.1:1/cases", blobs.path(), clock()).await else {
        panic!("open")
    };
    let told = error.to_string();
    assert!(told.contains("postgres://127.0.0.1:1/cases") && !told.contains("secret"), "{told}");
}

/// Both databases are changed by the same steps.
#[test]
fn the_migrations_have_the_names_of_the_other_database() {
    let names = |kind: &str| {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind);
        let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("postgres"), names("sqlite"));
}

/// As it was before there were facts: the same rows come of the lines, and nobody is told of what happened long ago.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_older_than_its_facts_is_given_them() {
    let (store, (server, blobs)) = temporary().await;
    for ad in 0..3 {
        examine_violating(&store, &format!("ad {ad}")).await;
    }
    let query = "SELECT case_id || number || rule || severity || delivered FROM governance_violations ORDER BY 1";
    let before = store.ask(query).await;
    let queued = crate::desk::suite::everything(&store).await;
    let older = "DROP VIEW governance_cases, governance_violations, governance_decisions, governance_coverage;
        DROP TABLE deliveries, outbox, decisions, violations, facts, undecided; DROP FUNCTION decisions_are_append_only;
        DROP INDEX ads_by_advertiser_and_id, ads_by_platform_and_id;
        DELETE FROM _sqlx_migrations WHERE version BETWEEN 2026120101 AND 2026120104 OR version IN (2026120211, 2026120334, 2026120371)";
    sqlx::raw_sql(older).execute(&store.pool).await.unwrap();
    store.close().await;
    let store = open(&server.url(), blobs.path(), clock()).await.unwrap();
    assert_eq!((store.ask(query).await, before.len()), (before, 6));
    assert_eq!(crate::desk::suite::everything(&store).await, queued);
    assert_eq!(crate::facts::suite::told(&store).await, []);
}

#[tokio::test]
async fn the_views_have_the_columns_that_others_rely_on() {
    let (store, _held) = temporary().await;
    for (view, columns) in VIEWS {
        let found: Vec<String> = sqlx::query_scalar(
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position",
        )
        .bind(view)
        .fetch_all(&store.pool)
        .await
        .unwrap();
        assert_eq!(found, columns, "{view}");
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_a_decision() {
    let (store, _held) = temporary().await;
    let error = sqlx::query("UPDATE decisions SET reason = 'x'").execute(&store.pool).await.unwrap_err().to_string();
    assert!(error.contains("append-only"), "{error}");
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_access_log() {
    let (store, _held) = temporary().await;
    store.note_access(&crate::accounts::suite::access("li", "view", "a")).await.unwrap();
    for statement in ["UPDATE accesses SET who = 'x'", "DELETE FROM accesses", "TRUNCATE accesses"] {
        let error = sqlx::query(statement).execute(&store.pool).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
    assert_eq!(store.accesses(None, None, None, 9).await.unwrap().len(), 1);
}

/// Of two that write at once the one that began first may come to its end last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_comes_to_light_after_younger_ones_is_not_passed_over() {
    let (store, _held) = temporary().await;
    let event = |id: &str, seconds| {
        let ad = OfAd { ad_id: "a".into(), ..OfAd::default() };
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        let (case_id, verdict) = (id.to_owned(), "clean".to_owned());
        let done = Examined { case_id, ad, verdict, severity: None, violations: 0, gaps: Vec::new(), opened_at: at };
        Event { id: id.to_owned(), timestamp: at, what: What::Done(done) }
    };
    let (mut early, mut late) = (store.change().await.unwrap(), store.change().await.unwrap());
    store.put_out(&mut early, "early", &[event("early", 1)]).await.unwrap();
    store.put_out(&mut late, "late", &[event("late", 2)]).await.unwrap();
    late.commit().await.unwrap();
    let told = async || crate::facts::suite::told(&store).await.into_iter().map(|event| event.id).collect::<Vec<_>>();
    assert_eq!(told().await, ["late"]);
    early.commit().await.unwrap();
    assert_eq!(told().await, ["early"]);
}

/// Every column says what it is, where those who ask the database look.
#[tokio::test]
async fn every_table_and_column_is_commented() {
    let (store, _held) = temporary().await;
    let bare: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v') AND c.relname NOT LIKE '%sqlx%'
           AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)",
    )
    .fetch_all(&store.pool)
    .await
    .unwrap();
    assert_eq!(bare, []);
}

#[test]
fn a_released_migration_never_changes() {
    let released = [
        ("2026112401_cases.sql", "8965a6dd762d96e7a20f6059ea714737b27c50de490c9a02f8414fbd30257110"),
        ("2026112402_outputs.sql", "ddedd535c3a93e9b90ff5f4d0367c11d05fdf790147aaf24dbf7a14ff8dbe6de"),
        ("2026112701_readings.sql", "757ae39fe7079154735aad6b7ca267100bc3c971c7ddacbbce686e5093638975"),
        ("2026112702_advertisers.sql", "9c67a8f6d5a996714232db25dd1a9dce5bf4006e02146772c130887a12b93253"),
        ("2026112801_log.sql", "613822e14e5adeeefbe4182d577768b53003543312394e5c77413803dae130ee"),
        ("2026112802_stamps.sql", "0b51e42190f01cc5c1ec929e0bce3033a59536a4f0707502b7408f473ac77d8d"),
        ("2026112803_retention.sql", "e4a455c918886fc87b0f3b6a40bad734ce9e5aa594b36a413de9a211cfbaa240"),
        ("2026112901_frontier.sql", "50c9f46697b3d7bd8b911baf67dbf7625e3c2c5d8fa25c5b9f305622f234e446"),
        ("2026112902_sweeps.sql", "caba21ee305e6560063b3600585c51bee2bf6020913667a1d80fd5162573c970"),
        ("2026113001_outcomes.sql", "1a655fd1dc22baeddbf1b7152136805e2da2976d6963138de76e6356610c1bfc"),
        ("2026113002_ad_files.sql", "841f2861bb71ff79e668b3d3cbc002850dd28e1f4132852a7e94af6a9c58f6e0"),
        ("2026113003_tiles.sql", "98ea5cf5b1ed689c4095d05fb9569fe91f6a564f55b3024596f956816d4eac8a"),
        ("2026113004_outputs_next.sql", "224c76b2fc4efdae70f12242b3f5624128f53917ff31bd3e14f2ff0da00f44fe"),
        ("2026113007_figures.sql", "1c3e59d787dbb3c185820be983043b475939c9643d6ece036e5e7b0453a0d9ca"),
        ("2026113008_advertisers.sql", "25187e0c399ed2568130e1555e15b4ce22eac1131e8afc08354ea97dd0efa41c"),
        ("2026120101_facts.sql", "8c72c2eac3fc8dfc115cdd3d8c17731e73f81d284726702c3bef0102d9a1ae0d"),
        ("2026120102_decisions.sql", "8936f7aaa99e19806646cbe91c2c04624ed4fee88f363a2addf2237c140d013d"),
        ("2026120103_outbox.sql", "7eca7e493f49702959bdde58f281e43c7e3b0a594dc6bd5cecb06c1eae39a418"),
        ("2026120104_governance.sql", "08cd351d0dfe4fe4f0cf7cd9ea504598a65bd6dd7bbb3f6e68944b571e1eb110"),
        ("2026120111_second_hosts.sql", "32536778fc046876148539636570462e4aba9a201913cce3518234f854d64e6a"),
        ("2026120112_rounds_in_pages.sql", "4feddc63d1f966c00bfb6fd2bad227e474e9d404029ccefbf177ed14c012c47d"),
        ("2026120121_revocation_lists.sql", "b124cbd120b51fe5e8ad31a6423bfb09fa869ce6279a6077239859cabe2c09d0"),
        ("2026120201_accounts.sql", "8c00a6b8a9115e375143f2ad3415d6c5aca5b64eabc0b975aa7345a93d65b123"),
        ("2026120202_accesses.sql", "8eef38b938dff405a5d065858df9320c09d4f1290df0501cf925cc7e3bcd0478"),
        ("2026120203_answers.sql", "ac868c8b9a98bfef62ecd7b0afc868e15ad08f979d3ecf1d3d3f79a8d01d0f6a"),
        ("2026120211_desk.sql", "550771612a5650b63e81aa3477965c564cb5da53b817e0e0361e0f70c747088e"),
        ("2026120221_previews.sql", "2d96927a8118b17c2c5e7e2a6db80f4b84572438e5ad6090e6dee2328e129b83"),
        ("2026120222_appeals.sql", "221e1906aefbd061ac7b594d76842a9ce91ad6b33354d767896fad1e17d1190b"),
        ("2026120223_badge_keys.sql", "2d5f22aad1c8baa71374be24e00a5070ccebe8bfe09ecfde8759925a37fabbc8"),
        ("2026120231_desk_severity.sql", "dbeb06f7bf1caba6418110db8223eab4c0250b05ca7b67df5753df849c5234b9"),
        ("2026120301_sign_in.sql", "bdca26996ebf0117543e791f7453465b57595702146edf0bfd9d3418b3aebed4"),
        ("2026120302_recovery_codes.sql", "ae9038d5466f0b24378e10024f38237657b7fc202f83ade83751cc0bfd6a5358"),
        ("2026120311_webhooks.sql", "66ca8c8e79eb29bd5c9cfd56405b10dedc108875fe624601cd6567bdebdf4d78"),
        ("2026120312_desk_counted.sql", "de63b3e279a2c765cea5075e1733226af3f1e82f9f0e3450ab86d3e3d08548c8"),
        ("2026120321_touchpoints.sql", "b9bad25616e6905abe862d544a071cba6a39e4e34d2f40833757c8b86c06b27a"),
        ("2026120322_conversions.sql", "50305618508d697433d3790264931ab85a238527f984e4a45ba78e99474f7fa8"),
        ("2026120323_complaints.sql", "32098552e4adee460ff0cef30b4b8bffb1d2c634937f7e18deea70679c9ae035"),
        ("2026120331_ledger.sql", "9c586e38ceec2c494826d82903024ee33099d863e61fcaa3aa8fe63d34befc40"),
        ("2026120332_measures.sql", "2d24265685eec28f0c2bdd1d2bbb679d462d5bcc8c9fead6c2e5ce97e1aa60e3"),
        ("2026120333_transfers.sql", "e7e186cf609e9dab4370fb73aa1914ea06b29de0bdd39102b599a2b43ce181c5"),
        ("2026120334_regions.sql", "5c5f3556a519c8dfd0d3b114d16de15fc74e13750e07d1d18c33ec5bdac0a4b8"),
        ("2026120341_same_pages.sql", "342477ccbed33a9db4330751e230b325ec5568bc031e32a0a33dc48d90764725"),
        ("2026120351_traits.sql", "2b878ca8d911d9ebd241d7d7149b081ceff5b5e2c4cd5bc3f1a370573e2e54a4"),
        ("2026120352_kin.sql", "a577139963c6ee122fd90fa12462396df85d7d49749fdd7b94647e0334217a1d"),
        ("2026120353_signs.sql", "56e2ba73ddbb2c6667b4a0425699a115d67e3e7f573b1ae362f24a815e629a83"),
        ("2026120361_account_regions.sql", "3b1da85c5728016e8795ea225cc38f183cbb51bc6f264fd2889c34f8dce4c11e"),
        ("2026120362_measure_regions.sql", "c1f14f93caf9f9826c3a84cbe17d54c76f587533fe797118c7260abe7a8428ce"),
        ("2026120363_ledger_scopes.sql", "2a18c466f19dfb1e735c8b1b718fb89310002a8bb244afdf24ad8476ebd241ca"),
        ("2026120371_found_since.sql", "8a58522175c3fc0aee9ab19e66f01c8b4c95acd9324d9f74f800a8d71cabbefa"),
        ("2026120372_conversions_by_via.sql", "13ee8cf2242308f487c1e1ef0f398f59970750eaf860fce80badb2cf9ed4b8b8"),
        ("2026120373_answered_again.sql", "0dd88a826726d67171aa2f00c8e547c98dc9b4f02aebaeb35351a9399e63379d"),
        ("2026120374_bare_digests.sql", "5d02befe52c69298f2fd84c0d2ba0f691e70b1f1f770fc892f52b12bb1d35fda"),
    ];
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let mut found: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), hash::of_file(&entry.path()).unwrap().0.hex()))
        .collect();
    found.sort();
    let found: Vec<_> = found.iter().map(|(name, hex)| (name.as_str(), hex.as_str())).collect();
    assert_eq!(found, released);
}
