//! A folder's store moved to a server, its evidence to a bucket: what an operator does with the one is done with the other.

use postlink_tests::postlink::Run;
use postlink_tests::world::World;
use storage::suite::postgres::Server;
use storage::suite::s3::Service;

use super::{QUICK, Stage, evidence, list, text};

#[track_caller]
fn said(run: &Run, code: i32, words: &[&str]) {
    let text = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.code, Some(code), "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_on_a_server_with_its_evidence_in_a_bucket_is_served_as_a_folder_is() {
    let (server, service) = (Server::start(), Service::start());
    let world = World::read("price-on-landing").unwrap();
    let lines = world.ads_jsonl().unwrap();
    let seal = "[seal]\nlog_origin = \"evidence.example/log\"\nlog_key = \"keys/log.key.pem\"\n";
    let bucket = format!(
        "[evidence]\nstore = \"s3://evidence/of/tests\"\nendpoint = \"http://{}\"\naccess_key_file = \"key\"\nsecret_key_file = \"key\"\n",
        service.address()
    );
    let stage = Stage::of(vec![world], &format!("{QUICK}\n{seal}\n{bucket}")).await;
    stage.postlink.write("key", "tester\n").unwrap();
    stage.ads(lines);
    let run = |arguments: &[&str]| stage.postlink.run(&[arguments, &["--config", "my.toml"]].concat()).unwrap();
    said(&stage.postlink.run(&["keys", "new", "--kind", "log", "--out", "keys"]).unwrap(), 0, &[]);
    assert_eq!(stage.check("out").code, Some(10));

    let url = server.url();
    said(&run(&["migrate", "--from", "sqlite:out", "--to", &url]), 0, &["copied 1 cases", "every case has the hash"]);
    let doctor = run(&["doctor", "--database", &url]);
    said(&doctor, doctor.code.unwrap(), &["there    database: open", "s3://evidence/of/tests answers"]);
    let whole = ["everything is as it was sealed", "the last with the key that was given", "1 cases"];
    let verify = || run(&["verify", "--database", &url, "--log-key", "keys/log.pub.pem"]);
    said(&verify(), 0, &whole);

    said(&stage.postlink.run(&["keys", "new", "--kind", "log", "--out", "next"]).unwrap(), 0, &[]);
    said(&run(&["keys", "rotate", "--database", &url, "--next", "next/log.pub.pem"]), 0, &["announces"]);
    said(&run(&["seal", "--database", &url]), 1, &["postlink keys rotate"]);
    stage.postlink.write("keys/log.key.pem", std::fs::read(stage.path("next/log.key.pem")).unwrap()).unwrap();
    said(&run(&["seal", "--database", &url]), 0, &["3 entries", ", signed"]);
    said(&run(&["verify", "--database", &url, "--log-key", "next/log.pub.pem"]), 0, &whole);

    said(&run(&["export", "--database", &url, "--all", "--out", "bundle.zip"]), 0, &["1 cases"]);
    said(&stage.verify("bundle.zip"), 0, &["is as it was made"]);

    let manifest = evidence::manifests(&stage.path("out")).remove(0);
    let hex = text(&list(&manifest, "/evidence")[1], "/id").trim_start_matches("sha256:").to_owned();
    let blob = format!("evidence/sha256/{}/{}/{hex}", &hex[..2], &hex[2..4]);
    assert!(service.put(&format!("/of/tests/{blob}"), b"something else"));
    said(&run(&["verify", "--database", &url]), 1, &[&format!("{blob}: changed"), "is not as it was sealed"]);
    said(&stage.verify("out"), 0, &["everything is as it was sealed"]);
}
