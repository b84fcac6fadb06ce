//! The SQLite store keeps the promises of every store, and those of a folder.

use std::io::Write;
use std::sync::Arc;

use chrono::DateTime;
use model::event::Choice;
use tempfile::TempDir;

use super::*;
use crate::accounts::Accounts as _;
use crate::decisions::{Decision, Decisions as _};
use crate::facts::suite::{Asked, VIEWS, examine_violating};
use crate::log::Log as _;
use crate::retention::Retention as _;
use crate::suite::examine;

crate::storage_suite!(temporary);
crate::accounts::suite::accounts_suite!(temporary);
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

impl Asked for SqliteStore {
    async fn ask(&self, query: &'static str) -> Vec<String> {
        sqlx::query_scalar(query).fetch_all(self.reading()).await.unwrap()
    }

    async fn does(&self, statement: &'static str) -> Result<(), String> {
        sqlx::query(statement).execute(&self.writer).await.map(drop).map_err(|error| error.to_string())
    }
}

async fn temporary() -> (SqliteStore, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (open(dir.path(), clock()).await.unwrap(), dir)
}

pub(crate) fn clock() -> Clock {
    Arc::new(|| DateTime::UNIX_EPOCH)
}

#[tokio::test]
async fn a_store_opened_again_goes_on_where_it_stopped() {
    let (store, dir) = temporary().await;
    let first = examine(&store, "a", 0, "first").await;
    store.close().await;
    let store = open(dir.path(), clock()).await.unwrap();
    let second = examine(&store, "b", 1, "first").await;
    let text = std::fs::read(dir.path().join(crate::evidence::manifest_path(&second.case_id))).unwrap();
    let manifest: Manifest = serde_json::from_slice(&text).unwrap();
    assert_eq!((manifest.number, manifest.previous), (2, Some(first.manifest)));
    assert_eq!(store.cases().await.unwrap(), [first, second]);
}

#[tokio::test]
async fn a_closed_store_leaves_nothing_beside_its_database() {
    let (store, dir) = temporary().await;
    examine(&store, "a", 0, "first").await;
    store.close().await;
    let mut names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".accounts.lock", ".lock", "evidence", "postlink.db"]);
}

#[tokio::test]
async fn a_second_postlink_is_told_to_wait() {
    let (_store, dir) = temporary().await;
    let Err(error) = open(dir.path(), clock()).await else { panic!("two in one folder") };
    assert!(error.to_string().starts_with("another postlink is working in "), "{error}");
}

#[tokio::test]
async fn a_manifest_that_a_crash_kept_from_being_written_is_written_on_opening() {
    let (store, dir) = temporary().await;
    examine(&store, "a", 0, "first").await;
    let case = examine(&store, "b", 1, "first").await;
    store.close().await;
    let path = dir.path().join(crate::evidence::manifest_path(&case.case_id));
    let text = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    open(dir.path(), clock()).await.unwrap().close().await;
    assert_eq!(std::fs::read(&path).unwrap(), text);
}

#[tokio::test]
async fn a_database_of_a_newer_postlink_is_left_alone() {
    let (store, dir) = temporary().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (2999010101, 'later', 1, x'00', 0)",
    )
    .execute(&store.writer)
    .await
    .unwrap();
    store.close().await;
    let Err(error) = open(dir.path(), clock()).await else { panic!("a newer database") };
    assert!(error.to_string().contains("newer postlink"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(DATABASE), "ceci n'est pas une base de données, vraiment".repeat(50)).unwrap();
    let Err(error) = open(dir.path(), clock()).await else { panic!("no database") };
    assert!(error.to_string().contains("postlink.db"), "{error}");
}

#[tokio::test]
async fn an_output_takes_its_place_whole_and_is_remembered() {
    let (store, dir) = temporary().await;
    std::fs::write(dir.path().join("report.html"), "old").unwrap();
    let mut draft = store.draft("report.html").unwrap();
    draft.write_all(b"<p>new").unwrap();
    assert_eq!(std::fs::read(dir.path().join("report.html")).unwrap(), b"old");
    draft.write_all(b"</p>").unwrap();
    store.publish(draft).await.unwrap();
    assert_eq!(std::fs::read(dir.path().join("report.html")).unwrap(), b"<p>new</p>");
    let row: (String, i64) = sqlx::query_as("SELECT sha256, bytes FROM outputs WHERE path = 'report.html'")
        .fetch_one(&store.readers)
        .await
        .unwrap();
    assert_eq!(row, (EvidenceId::of(b"<p>new</p>").to_string(), 10));
}

#[tokio::test]
async fn an_output_that_others_wrote_is_remembered_as_it_is() {
    let (store, dir) = temporary().await;
    std::fs::write(dir.path().join("report.html"), "theirs").unwrap();
    store.record_output("report.html").await.unwrap();
    store.close().await;
    assert!(crate::verify::verify(dir.path()).await.unwrap().holds());
    std::fs::write(dir.path().join("report.html"), "other!").unwrap();
    assert!(!crate::verify::verify(dir.path()).await.unwrap().holds());
}

#[tokio::test]
async fn a_draft_that_is_dropped_leaves_nothing() {
    let (store, dir) = temporary().await;
    let mut draft = store.draft("report.html").unwrap();
    draft.write_all(b"half").unwrap();
    drop(draft);
    let left = std::fs::read_dir(dir.path())
        .unwrap()
        .any(|entry| entry.unwrap().file_name().to_string_lossy().contains("postlink-"));
    assert!(!left);
}

#[tokio::test]
async fn an_output_outside_the_folder_is_refused() {
    let (store, _dir) = temporary().await;
    for name in ["../report.html", "/tmp/report.html", "", "."] {
        assert!(matches!(store.draft(name), Err(StoreError::OutsideFolder(_))), "{name}");
    }
}

#[tokio::test]
async fn a_store_that_is_older_than_its_log_is_given_one() {
    let (store, dir) = temporary().await;
    for (ad, at) in [("a", 0), ("b", 1), ("a", 2)] {
        examine(&store, ad, at, "first").await;
    }
    let entries = store.logged(0, 10).await.unwrap();
    for statement in [
        "DROP TABLE log",
        "DROP TABLE checkpoints",
        "DROP TABLE stamps",
        "DELETE FROM _sqlx_migrations WHERE version IN (2026112801, 2026112802)",
    ] {
        sqlx::query(statement).execute(&store.writer).await.unwrap();
    }
    store.close().await;
    let store = open(dir.path(), clock()).await.unwrap();
    assert_eq!(store.logged(0, 10).await.unwrap(), entries);
    store.close().await;
    let store = open(dir.path(), clock()).await.unwrap();
    assert_eq!(store.log_size().await.unwrap(), 3);
}

#[tokio::test]
async fn the_views_have_the_columns_that_others_rely_on() {
    let (store, _dir) = temporary().await;
    for (view, columns) in VIEWS {
        let found: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1) ORDER BY cid")
            .bind(view)
            .fetch_all(&store.readers)
            .await
            .unwrap();
        assert_eq!(found, columns, "{view}");
    }
}

/// As it was before there were facts: the same rows come of the lines, and nobody is told of what happened long ago.
#[tokio::test]
async fn a_store_that_is_older_than_its_facts_is_given_them() {
    let (store, dir) = temporary().await;
    let case = examine_violating(&store, "a").await;
    let gone = examine_violating(&store, "b").await;
    store.delete(&gone.case_id, "over").await.unwrap();
    let query = "SELECT case_id || number || rule || severity || delivered FROM governance_violations ORDER BY 1";
    let before = store.ask(query).await;
    let queued = crate::desk::suite::everything(&store).await;
    for statement in [
        "DROP VIEW governance_cases",
        "DROP VIEW governance_violations",
        "DROP VIEW governance_decisions",
        "DROP VIEW governance_coverage",
        "DROP TABLE deliveries",
        "DROP TABLE outbox",
        "DROP TABLE decisions",
        "DROP TABLE violations",
        "DROP TABLE facts",
        "DROP TABLE undecided",
        "DROP INDEX ads_by_advertiser_and_id",
        "DROP INDEX ads_by_platform_and_id",
        "DELETE FROM _sqlx_migrations WHERE version BETWEEN 2026120101 AND 2026120104 OR version IN (2026120211, 2026120334, 2026120371)",
    ] {
        sqlx::query(statement).execute(&store.writer).await.unwrap();
    }
    store.close().await;
    let store = open(dir.path(), clock()).await.unwrap();
    assert_eq!((store.ask(query).await, before.len()), (before, 2));
    assert_eq!(crate::desk::suite::everything(&store).await, queued);
    assert_eq!(store.ask("SELECT case_id FROM governance_cases").await, [case.case_id.as_str()]);
    assert_eq!(crate::facts::suite::told(&store).await, []);
    store.close().await;
    assert!(crate::verify::verify(dir.path()).await.unwrap().holds());
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_a_decision() {
    let (store, _dir) = temporary().await;
    let error = sqlx::query("UPDATE decisions SET reason = 'x'").execute(&store.writer).await;
    error.expect("there is none yet");
    let case = examine_violating(&store, "a").await;
    let (case_id, by) = (case.case_id, "Li".to_owned());
    store.decide(&Decision { case_id, violation: None, choice: Choice::Confirm, reason: None, by }).await.unwrap();
    let error = sqlx::query("UPDATE decisions SET reason = 'x'").execute(&store.writer).await.unwrap_err().to_string();
    assert!(error.contains("append-only"), "{error}");
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_access_log() {
    let (store, _dir) = temporary().await;
    store.note_access(&crate::accounts::suite::access("li", "view", "a")).await.unwrap();
    for statement in ["UPDATE accesses SET who = 'x'", "DELETE FROM accesses"] {
        let error = sqlx::query(statement).execute(&store.writer).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
    assert_eq!(store.accesses(None, None, None, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_log() {
    let (store, _dir) = temporary().await;
    examine(&store, "a", 0, "first").await;
    for statement in ["UPDATE log SET entry = '{}'", "DELETE FROM log"] {
        let error = sqlx::query(statement).execute(&store.writer).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{error}");
    }
}

/// A migration that was released is history: to change a table, add a migration.
#[test]
fn a_released_migration_never_changes() {
    let released = [
        ("2026112401_cases.sql", "5799c00fb69a8879eb93e0d84406c1eefdcaaaab70d6878f65f6af3f733622c5"),
        ("2026112402_outputs.sql", "30ed5b2854dba19fa94056ed8731aff9c7e2245f6369ca0d42de2cce0725b171"),
        ("2026112701_readings.sql", "90755c410c38ae61b38eb522d2f4552744c7e27bb8641f55635a259ff762d4e7"),
        ("2026112702_advertisers.sql", "f74b58a66d2e827e54c3ebac8b81e78a982519a1c918e4faba570cf5a4d531b8"),
        ("2026112801_log.sql", "fd77b9b4720a8f50789216304b9d7067f15251e67a798643d7c769b622664981"),
        ("2026112802_stamps.sql", "b563b136cceff74e1e2263cc1ba50a6ff49ae578e97f44aed2e59779501e4736"),
        ("2026112803_retention.sql", "18326520b688c1e8d6a66ef8cc5343b408029042677e3087fd11bcc5075c16cb"),
        ("2026112901_frontier.sql", "726f502295a9e23867d7a3218ffc0a9df3143e92778b20200d4265d81e7ab9ed"),
        ("2026112902_sweeps.sql", "e489f327434cc26633de30bafc71ed6f017395d12a2970b802dcdc27d2fd8281"),
        ("2026113001_outcomes.sql", "1a00df471f9101f23c7b77c134dda923fcb991bfe7b5bc33cda5a6782190487e"),
        ("2026113002_ad_files.sql", "f78a0f09f9752842248abc5edbfdb9583f32c82423b755f2bf637b3b3e7177b2"),
        ("2026113003_tiles.sql", "f3b5c9c91afb23d106f3d6c54156dd88205db905a53bcf61499d001134facc24"),
        ("2026113004_outputs_next.sql", "cf2e59d477367d6b924f43b1778422b0190df95c33a504ec3bd6f4c1a12f5f67"),
        ("2026113007_figures.sql", "1c3e59d787dbb3c185820be983043b475939c9643d6ece036e5e7b0453a0d9ca"),
        ("2026113008_advertisers.sql", "25187e0c399ed2568130e1555e15b4ce22eac1131e8afc08354ea97dd0efa41c"),
        ("2026120101_facts.sql", "2aa0bdae6a0ead4fe6018cbda81b3af7d83b9277ad256c71c2da4ca6c2ff3589"),
        ("2026120102_decisions.sql", "7121112d1e175d72ebb6a04da866d29d75e2bcdc88f0b07c5869460f4980d19a"),
        ("2026120103_outbox.sql", "3eebe125a244b73e9ffc83f03c10cea399cea482a6d7a110bef6ae0461405b60"),
        ("2026120104_governance.sql", "f46911ec4f4d259bd9174a9b3855b699c136654eb735107cd988cc4eca11bf05"),
        ("2026120111_second_hosts.sql", "d3c9a0d342b8109d368189e4c41cd0962d190bec3048ca598c89af03234767bd"),
        ("2026120112_rounds_in_pages.sql", "8ae8cd84f0f1c1933bd6d36e1fb0710a50c5f99e6d4f35ddef5d8c2afd31d17b"),
        ("2026120121_revocation_lists.sql", "e342462fe619cdecda7ad0a9d8e036953a4c941073ac0c465b44d42211403956"),
        ("2026120201_accounts.sql", "78360bfdad326e45c1c15e4b244650060b11329f7ea56075c22d239d7c7162b1"),
        ("2026120202_accesses.sql", "d0984aeeafae2c5acaa709c6e11cad3561d72f07fcf2f211f1283c059048f248"),
        ("2026120203_answers.sql", "3e386aad72f7787dad51f7b5bdfb1347f7ffcd5e5dddcf7e486b7bd7dfb833f9"),
        ("2026120211_desk.sql", "abda372bc72571f8afddd85efe16a8fdae1f2da8571ecd7ec39c2418796e1ff9"),
        ("2026120221_previews.sql", "7bdefb38786af57c9b6571a41d01dd114af1faf9442a62fcad3bf07990276234"),
        ("2026120222_appeals.sql", "aef15a2fa51b52605bf916fb5a72107a7d37211f9413d2e623a036911012a487"),
        ("2026120223_badge_keys.sql", "52a4f04a42ca8ee0a9a3dc2b91a44b82d35d2f6a607976bc2a0040f171b6b978"),
        ("2026120231_desk_severity.sql", "dbeb06f7bf1caba6418110db8223eab4c0250b05ca7b67df5753df849c5234b9"),
        ("2026120301_sign_in.sql", "5559e27228134340e25719579f037def20d643e4418e947489e21ae83e227d5c"),
        ("2026120302_recovery_codes.sql", "4c5a49e959b3795d52054bd8aeff2250ee6ab18171526d7bba1c11d99d9fb4e7"),
        ("2026120311_webhooks.sql", "1b84bb80e860628701c6df7255b0171c85ab3fb94bece41a72094b07150561d2"),
        ("2026120312_desk_counted.sql", "de63b3e279a2c765cea5075e1733226af3f1e82f9f0e3450ab86d3e3d08548c8"),
        ("2026120321_touchpoints.sql", "0b46a08fdd03cb970cb94dca507d75bcf31553dc2e1a705d545be32ed2eff99c"),
        ("2026120322_conversions.sql", "131e38dc785c68abd6a7df31b169bdbb574ecc46788867109bdb5979176da3bf"),
        ("2026120323_complaints.sql", "f42135825d0d63545747d7165c038366c86c91f1dbd213469ec045c58a434ce9"),
        ("2026120331_ledger.sql", "88eebcc7f64976973161b428ed5f9b1aae11fd667b59129cedd978dfe89be66b"),
        ("2026120332_measures.sql", "e16f6f6407b4df18f1ecb6b3832fc881e1d162a223c9c6936c0ae1543e0eeacb"),
        ("2026120333_transfers.sql", "4c2dd580afc2adab7c8a2517c38e65b82ca49227c58441c09d7ffeabaca137c3"),
        ("2026120334_regions.sql", "adcf94fda08dd5738f94d58a7b35bc981027ec9888ef377d6175460611f476d4"),
        ("2026120341_same_pages.sql", "a7e459d602f0ff78d4dc6de20e06f9a8487a567d71430b126334f4e4cebc29de"),
        ("2026120351_traits.sql", "02acca3c808e9c1b3e39f039b393b52c4f2ff7a6228fe60bb29bb696650f9422"),
        ("2026120352_kin.sql", "34ff6ba3a03d59d2f8cabf4d86b5cab03f3b9f5cd68efcc7da4f099f240e2779"),
        ("2026120353_signs.sql", "720d0585c48cbd7e32a3dfc8839dec47013b8935f9357ff0da88d8b97bf1c128"),
        ("2026120361_account_regions.sql", "67939cec1660c46979f59fe479a2bfc12ea9774f9239b708f6c2a69dd241edb5"),
        ("2026120362_measure_regions.sql", "6701749cb6b9c723082c1926424102728d21716bc701c436a5aecea033ef5c97"),
        ("2026120363_ledger_scopes.sql", "0bd2c2f089909f7512f44550872d5d3ce42ffcfe6df076c6ad5939612e0add71"),
        ("2026120371_found_since.sql", "bcb367caf889444e5f7b9f31198efb7b4c0c5c05f0ea98ed789a1cd0e4aa78d4"),
        ("2026120372_conversions_by_via.sql", "13ee8cf2242308f487c1e1ef0f398f59970750eaf860fce80badb2cf9ed4b8b8"),
        ("2026120373_answered_again.sql", "ac09350cd62f27c54e576d15fbd6b9fa81f7c5c32fe273ed4956a524137d4e70"),
        ("2026120374_bare_digests.sql", "9cee3f74c0450d82644d2ea1a2eafe67f8662853dec64e6d8ad898814b3c7ea1"),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let mut found: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), hash::of_file(&entry.path()).unwrap().0.hex()))
        .collect();
    found.sort();
    let found: Vec<_> = found.iter().map(|(name, hex)| (name.as_str(), hex.as_str())).collect();
    assert_eq!(found, released);
}

#[tokio::test]
async fn what_a_click_led_to_is_found_by_it() {
    let (store, _dir) = temporary().await;
    let asked = format!("EXPLAIN QUERY PLAN {}", crate::hearing::traffic::MARK_LED_TO);
    let plan: Vec<(i64, i64, i64, String)> =
        sqlx::query_as(sqlx::AssertSqlSafe(asked)).fetch_all(&store.writer).await.unwrap();
    let steps: Vec<String> = plan.into_iter().map(|(.., step)| step).collect();
    let of = |what: &str| steps.iter().any(|step| step.contains(what));
    assert!(of("conversions USING PRIMARY KEY (platform=? AND id=?)") && of("conversions_by_via"), "{steps:?}");
}

#[tokio::test]
async fn rows_that_come_in_are_linked_without_going_through_those_that_are_there() {
    use crate::hearing::links::{by_click, by_last_click};
    let (store, _dir) = temporary().await;
    for table in ["complaints", "conversions"] {
        let by_click = ["id", "click"].map(|key| (key, by_click(table, key)));
        let by_last_click = ["id", "user_id"].map(|key| (key, by_last_click(table, key)));
        for (key, [head, tail]) in by_click.into_iter().chain(by_last_click) {
            let asked = format!("EXPLAIN QUERY PLAN {head} VALUES ('feed', 'a'), ('feed', 'b') {tail}");
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(sqlx::AssertSqlSafe(asked)).fetch_all(&store.writer).await.unwrap();
            let whole = |step: &str| {
                step.starts_with("SCAN")
                    && !step.contains("VALUES")
                    && !matches!(step, "SCAN k" | "SCAN 2 CONSTANT ROWS")
                    || step.ends_with("(platform=?)")
            };
            let steps: Vec<&str> = plan.iter().map(|step| step.3.as_str()).collect();
            assert!(steps.len() > 3 && !steps.iter().any(|step| whole(step)), "{table} by {key}: {steps:#?}");
        }
    }
}
