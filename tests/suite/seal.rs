//! Keys, checkpoints and time stamps as an operator uses them, with an authority that is there, broken, slow, and back.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use chrono::DateTime;
use postlink_tests::postlink::{Postlink, Run};
use storage::sqlite;
use storage::stamp::authority::{Authority, Terms};
use storage::stamp::{Stamps as _, ToStamp, what};
use storage::store::Store as _;
use storage::suite::examine;

const UP: u8 = 0;
const BROKEN: u8 = 1;
const GARBAGE: u8 = 2;
const SLOW: u8 = 3;
/// It stamps, and its issuer publishes no list of certificates that were taken back.
const NO_LIST: u8 = 4;

#[derive(Clone)]
struct Tsa {
    authority: Arc<Authority>,
    mood: Arc<AtomicU8>,
}

impl Tsa {
    async fn start() -> Result<(Self, String)> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let terms = Terms { list: Some(format!("{url}list.crl")), ..Terms::default() };
        let tsa = Self { authority: Arc::new(Authority::new(&terms)), mood: Arc::new(AtomicU8::new(UP)) };
        let answer = |State(tsa): State<Self>, question: Bytes| async move {
            match tsa.mood.load(Ordering::SeqCst) {
                BROKEN => Err(StatusCode::INTERNAL_SERVER_ERROR),
                GARBAGE => Ok(b"<html>".to_vec()),
                SLOW => {
                    tokio::time::sleep(Duration::from_secs(20)).await;
                    Ok(Vec::new())
                }
                _ => {
                    let answered = tokio::task::spawn_blocking(move || tsa.authority.answer(&question)).await;
                    Ok(answered.expect("it answers"))
                }
            }
        };
        let list = |State(tsa): State<Self>| async move {
            if tsa.mood.load(Ordering::SeqCst) == NO_LIST {
                return Err(StatusCode::SERVICE_UNAVAILABLE);
            }
            Ok(tokio::task::spawn_blocking(move || tsa.authority.list(&[])).await.expect("it lists"))
        };
        let app = Router::new().route("/", post(answer)).route("/list.crl", get(list)).with_state(tsa.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok((tsa, url))
    }
}

/// Puts a case of this ad into the folder, whose first artefact is to be stamped.
async fn case(data: &Path, ad: &str) -> Result<()> {
    let store = sqlite::open(data, Arc::new(|| DateTime::UNIX_EPOCH)).await?;
    let case = examine(&store, ad, 0, "first").await;
    let digest = store.rests_on(&case.case_id).await?[0].id;
    store.want(&ToStamp { digest, what: what::CAPTURE.into() }).await?;
    store.close().await;
    Ok(())
}

#[track_caller]
fn said(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, Some(code), "{run:?}");
    let text = format!("{}{}", run.stdout, run.stderr);
    for word in words {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
}

fn config(url: &str, root: &Path, key: &str) -> String {
    format!(
        "[guard]\nallow = [\"127.0.0.1\"]\n[seal]\ntsa = [\"{url}\"]\ntsa_roots = [\"{}\"]\ntsa_timeout_secs = 2\n\
         log_origin = \"evidence.example/log\"\nlog_key = \"{key}\"\n",
        root.display()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_folder_is_sealed_verified_and_its_queue_drains_when_the_authority_is_back() -> Result<()> {
    let (tsa, url) = Tsa::start().await?;
    let postlink = Postlink::new()?;
    let data = postlink.folder().join("out");
    case(&data, "a").await?;
    let unsigned = postlink.run(&["seal", "--data", "out"])?;
    said(&unsigned, 11, &["1 entries", "NOT signed", "1 waited for"]);

    said(&postlink.run(&["keys", "new", "--kind", "log", "--out", "keys"])?, 0, &["log.key.pem", "log.pub.pem"]);
    let root = tsa.authority.path("root.pem");
    postlink.write("my.toml", config(&url, &root, "keys/log.key.pem"))?;
    let seal = || postlink.run(&["seal", "--data", "out", "--config", "my.toml"]);
    for (mood, word) in [(BROKEN, "status 500"), (GARBAGE, "no answer"), (SLOW, "tsa_timeout_secs")] {
        tsa.mood.store(mood, Ordering::SeqCst);
        said(&seal()?, 11, &["waited for", word, "2 entries", ", signed", "\u{2014} evidence.example/log "]);
    }
    let root = root.display().to_string();
    let verify = |key: &str| postlink.run(&["verify", "out", "--root", &root, "--log-key", key]);
    said(&verify("keys/log.pub.pem")?, 0, &["are waited for", "not signed", "everything is as it was sealed"]);

    tsa.mood.store(NO_LIST, Ordering::SeqCst);
    said(&seal()?, 0, &["2 there, 0 waited for, 0 refused", "1 looked for, 0 new ones kept", "status 503"]);
    said(&verify("keys/log.pub.pem")?, 0, &["of 2 the certificates name a list", "everything is as it was sealed"]);
    tsa.mood.store(UP, Ordering::SeqCst);
    said(&seal()?, 0, &["2 there, 0 waited for, 0 refused", "1 looked for, 1 new ones kept"]);
    said(&verify("keys/log.pub.pem")?, 0, &["2 are by certificates that were not taken back when lists issued later"]);
    let right = ["of a capture, by CN=Test TSA", "of a checkpoint, by", "the key that was given"];
    said(&verify("keys/log.pub.pem")?, 0, &right);

    said(&postlink.run(&["keys", "new", "--kind", "log", "--out", "next"])?, 0, &[]);
    let rotate = ["keys", "rotate", "--config", "my.toml", "--data", "out", "--next", "next/log.pub.pem"];
    said(&postlink.run(&rotate)?, 0, &["announces", "publish"]);
    said(&seal()?, 1, &["postlink keys rotate"]);
    case(&data, "b").await?;
    postlink.write("my.toml", config(&url, Path::new(&root), "next/log.key.pem"))?;
    said(&seal()?, 0, &["4 entries", ", signed"]);
    said(&verify("next/log.pub.pem")?, 0, &["everything is as it was sealed"]);
    said(&verify("keys/log.pub.pem")?, 1, &["another key than the one that was given"]);
    Ok(())
}

#[tokio::test]
async fn a_key_that_others_may_read_and_one_inside_a_store_are_refused() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let postlink = Postlink::new()?;
    case(&postlink.folder().join("out"), "a").await?;
    said(
        &postlink.run(&["keys", "new", "--kind", "log", "--out", "out/keys"])?,
        2,
        &["belongs to the folder of a store"],
    );
    said(&postlink.run(&["keys", "new", "--kind", "log", "--out", "keys"])?, 0, &[]);
    said(&postlink.run(&["keys", "new", "--kind", "log", "--out", "keys"])?, 2, &["never written over"]);
    said(&postlink.run(&["keys", "new", "--kind", "domain", "--out", "keys"])?, 2, &["--domain"]);
    let domain = ["keys", "new", "--kind", "domain", "--domain", "evidence.example", "--out", "keys"];
    said(&postlink.run(&domain)?, 0, &["domain.key.pem", "domain.crt.pem", "domain.csr.pem"]);
    let key = postlink.folder().join("keys/log.key.pem");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644))?;
    postlink.write("my.toml", "[seal]\nlog_origin = \"a\"\nlog_key = \"keys/log.key.pem\"\n")?;
    let seal = ["seal", "--data", "out", "--config", "my.toml"];
    said(&postlink.run(&seal)?, 3, &["chmod 600", "log.key.pem"]);
    postlink.write("my.toml", "[seal]\nlog_key = \"keys/log.key.pem\"\n")?;
    said(&postlink.run(&seal)?, 3, &["seal.log_origin"]);
    postlink.write("my.toml", "[seal]\ntsa = [\"ftp://a.test/\"]\n")?;
    said(&postlink.run(&seal)?, 3, &["`seal.tsa` `ftp://a.test/`"]);
    postlink.write("my.toml", "[seal]\ntsa_roots = [\"keys/none.pem\"]\n")?;
    said(&postlink.run(&seal)?, 3, &["keys/none.pem"]);
    Ok(())
}
