//! What other systems are told, heard by them: webhooks of every mood, a reader of the stream, and tools that others made.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use chrono::DateTime;
use model::event::{Event, What};
use postlink_tests::postlink::{Postlink, Run, Running};
use postlink_tests::repository;
use serde_json::{Value, json};
use storage::outbox::{Outbox as _, Subscription};
use storage::store::CaseId;
use storage::suite::nats;

use crate::recheck::{WORDS, look};
use crate::stored::{How, Stored};

pub(crate) mod listener;
mod told;

use listener::{Heard, Listener};

pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What others make of what they hear: the signature by the libraries of Standard Webhooks, the body by the schema.
const VERIFY: &str = "\
import json, sys
from jsonschema import Draft202012Validator, FormatChecker
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
valid = Draft202012Validator(schema, format_checker=FormatChecker())
for line in sys.stdin:
    one = json.loads(line)
    body = one['body']
    if 'headers' in one:
        Webhook(sys.argv[2]).verify(body, one['headers'])
        try: Webhook(sys.argv[2]).verify(body.replace('{', '{ ', 1), one['headers'])
        except WebhookVerificationError: pass
        else: sys.exit('another body has the same signature')
    valid.validate(json.loads(body))
    wrong = json.loads(body); wrong['data'].pop('case_id')
    if valid.is_valid(wrong): sys.exit('the schema takes anything')
    print('verified', json.loads(body)['type'])
";

fn tool(name: &str) -> PathBuf {
    let path = repository::root().join(".cache/event-tools").join(name);
    assert!(path.exists(), "{} is missing: run scripts/setup tests", path.display());
    path
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

/// Has the tools of others look at what was heard; gives the kinds that they were content with.
fn verified(heard: &[Value]) -> Vec<String> {
    let schema = repository::root().join("docs/events.schema.json");
    let mut python = Command::new(tool("python/bin/python"));
    let mut child = python
        .args(["-c", VERIFY])
        .arg(schema)
        .arg(SECRET)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    heard.iter().for_each(|one| writeln!(input, "{one}").unwrap());
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    said(&output).lines().filter_map(|line| line.strip_prefix("verified ")).map(ToOwned::to_owned).collect()
}

/// What is told of the cases of a folder, each as the schema has it.
pub(crate) async fn told_of(data: &Path) -> Vec<Value> {
    let all = Subscription::all("all");
    let now = DateTime::from_timestamp_secs(1 << 33).unwrap();
    let store = storage::sqlite::open(data, std::sync::Arc::new(|| DateTime::UNIX_EPOCH)).await.unwrap();
    store.spread(&[all], now, 10_000).await.unwrap();
    let events = store.to_send("all", now, 10_000).await.unwrap();
    store.close().await;
    let bodies: Vec<_> = events.iter().map(|event| json!({ "body": event.body })).collect();
    assert_eq!(verified(&bodies).len(), bodies.len());
    events.iter().map(|event| serde_json::from_str(&event.body).unwrap()).collect()
}

/// A folder with a violating case, as `check` judges and writes it, one that is inconclusive, and a decision about the first.
struct Folder {
    postlink: Postlink,
    case: CaseId,
    /// How many events all of that makes.
    events: usize,
}

impl Folder {
    async fn new() -> Self {
        let postlink = Postlink::new().unwrap();
        let data = postlink.folder().join("out");
        let mut stored = Stored::open(&data, &WORDS).await.unwrap();
        let seen = look("cheap", "护手霜9.9元，全国销量第一的护手霜", "2026-11-10T04:00:00Z");
        let shelved = stored.keep(&seen, How::default()).await.unwrap();
        let violations = shelved.line["violations"].as_array().unwrap().len();
        assert!(violations > 0);
        stored.close().await;
        let store = storage::sqlite::open(&data, std::sync::Arc::new(|| DateTime::UNIX_EPOCH)).await.unwrap();
        storage::suite::examine(&store, "unseen", 1, "first").await;
        store.close().await;
        let folder = Self { postlink, case: shelved.case_id, events: violations + 3 };
        let said = folder.runs(&["decide", "cheap", "--violation", "1", "--reject", "页面写明", "--by", "Li"]);
        assert!(said.starts_with(&format!("decision 1: reject violation 1 of case {} ", folder.case)), "{said}");
        folder
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.postlink.run(&[arguments, &["--data", "out"]].concat()).unwrap()
    }

    #[track_caller]
    fn runs(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
        run.stdout
    }

    /// Serves, and tells these webhooks.
    fn serve(&self, broker: &nats::Server, feed: &str, hooks: &[(String, &[&str])]) -> Running {
        // All of it happened in 1970.
        let mut config = format!(
            "[guard]\nallow = [\"127.0.0.1\"]\n[fleet]\nnats = \"{}\"\n[feed]\nkeep_days = 40000\n{feed}\n",
            broker.url()
        );
        for (url, events) in hooks {
            config += &format!("[[webhooks]]\nurl = \"{url}\"\nsecret = \"{SECRET}\"\nevents = {}\n", json!(events));
        }
        self.postlink.write("my.toml", config).unwrap();
        self.postlink.start(&["serve", "--config", "my.toml", "--data", "out"]).unwrap()
    }
}

/// Waits for something that comes to be so.
#[track_caller]
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(180), "{what} does not come to be so");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[track_caller]
fn ends(serve: Running) -> Run {
    serve.interrupt().unwrap();
    let run = serve.end().unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    run
}

#[test]
fn the_document_for_those_who_hear_is_one_that_others_read() {
    let script = "import { Parser } from '@asyncapi/parser';\nimport { readFileSync } from 'node:fs';\n\
        const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));\n\
        for (const one of diagnostics) if (one.severity < 2) console.log(one.code, one.message, one.path.join('.'));\n\
        for (const one of document?.messages() ?? []) console.log('message', one.name());\n";
    // Beside its modules: that is where node looks for them.
    let folder = tempfile::tempdir_in(tool("")).unwrap();
    let file = folder.path().join("read.mjs");
    std::fs::write(&file, script).unwrap();
    let read = |document: PathBuf| said(&Command::new("node").arg(&file).arg(document).output().unwrap());
    let ours = repository::root().join("docs/events.asyncapi.json");
    let messages: Vec<_> = What::KINDS.iter().map(|kind| format!("message {kind}")).collect();
    assert_eq!(read(ours.clone()).lines().collect::<Vec<_>>(), messages);
    let wrong = folder.path().join("wrong.json");
    std::fs::write(&wrong, std::fs::read_to_string(ours).unwrap().replace("\"address\"", "\"adress\"")).unwrap();
    assert!(!read(wrong.clone()).starts_with("message"), "a fault is seen");
}

/// Those in docs/events.md, each of another kind.
#[test]
fn the_examples_are_events_by_the_schema_and_by_the_types() {
    let page = std::fs::read_to_string(repository::root().join("docs/events.md")).unwrap();
    let blocks = page.split("```json\n").skip(1).map(|rest| rest.split("\n```").next().unwrap());
    let examples: Vec<Value> = blocks.map(|block| serde_json::from_str(block).unwrap()).collect();
    for example in &examples {
        let event: Event = serde_json::from_value(example.clone()).unwrap();
        assert_eq!(&serde_json::to_value(&event).unwrap(), example);
    }
    let bodies: Vec<_> = examples.iter().map(|example| json!({ "body": example.to_string() })).collect();
    assert_eq!(verified(&bodies), What::KINDS);
}
