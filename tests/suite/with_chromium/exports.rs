//! What is handed over: it verifies by postlink and by the shell alone, names whatever was changed in it, and says who is who.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use postlink_tests::archive_tools;
use postlink_tests::repository;
use storage::stamp::authority::{Authority, Terms};

use super::*;

/// What nobody may find in a redacted copy: numbers of a page, of its address, of pictures, of the ad.
const PLANTED: [&str; 9] = [
    "13812345678",
    "138 1234 5678",
    "139-8765-4321",
    "110101199003074530",
    "zhang.san@mail.test",
    "京A12345",
    "欧阳修文",
    "15011112222",
    "token-of-a-person-0001",
];

/// A page with all of that, once in a picture only; the portrait of a person; a service number, which stays; and a page that offers what its ad says.
const PERSONAL: &str = r#"<h1>云朵阅读</h1><p>海量好书，随时随地阅读。</p>
    <p>恭喜 <b>138</b><b>1234</b><b>5678</b> 领取成功</p><p>联系电话 139-8765-4321，身份证 110101199003074530</p>
    <p>邮箱 zhang.san@mail.test　车牌 京A12345</p><p>收件人：欧阳修文</p><p>客服热线 400-820-8820</p>
    <img width=205 height=240 src="/officer.jpg">
    <img width=360 height=60 src="data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' width='360' height='60'><rect width='360' height='60' fill='white'/><text x='10' y='40' font-size='30'>15011112222</text></svg>">"#;

const PORTRAIT: &[u8] = include_bytes!("../../../reader/tests/data/faces/officer.jpg");

/// A stage with ads of each verdict, and one whose advertiser and page tell of persons.
async fn stage(config: &str) -> Stage {
    let worlds = ["honest-game-gift", "price-on-landing"].map(|name| World::read(name).unwrap());
    let postlink = Postlink::new().unwrap();
    let mut lines: String = worlds.iter().map(|world| world.ads_jsonl().unwrap()).collect();
    let mut pages = world_of(&postlink, &[("personal.test", PERSONAL)]);
    postlink.write("pages/officer.jpg", PORTRAIT).unwrap();
    let portrait = json!({"host": "personal.test", "path": "/officer.jpg", "file": "officer.jpg"});
    pages.routes.insert(0, serde_json::from_value(portrait).unwrap());
    lines += &(json!({
        "ad_id": "personal", "title": "云朵阅读，海量好书", "click_url": "http://personal.test/?tel=13812345678&token=token-of-a-person-0001",
        "advertiser": {"id": "a-p", "name": "云朵", "contact": "欧阳修文", "phone": 13812345678_u64},
        "approved_landing": {"url": "http://personal.test/", "title": "personal.test"},
    })
    .to_string()
        + "\n");
    let stage = Stage::with(postlink, [worlds.to_vec(), vec![pages]].concat(), config).await;
    stage.ads(lines);
    stage
}

/// An authority that stamps, and the address at which it is asked.
async fn authority() -> (Arc<Authority>, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let terms = Terms { list: Some(format!("{url}list.crl")), ..Terms::default() };
    let authority = Arc::new(Authority::new(&terms));
    let (stamps, lists) = (Arc::clone(&authority), Arc::clone(&authority));
    let answer = move |question: Bytes| {
        let stamps = Arc::clone(&stamps);
        async move { tokio::task::spawn_blocking(move || stamps.answer(&question)).await.unwrap() }
    };
    let list = move || {
        let lists = Arc::clone(&lists);
        async move { tokio::task::spawn_blocking(move || lists.list(&[])).await.unwrap() }
    };
    let app = Router::new().route("/", post(answer)).route("/list.crl", axum::routing::get(list));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (authority, url)
}

#[track_caller]
fn export(stage: &Stage, more: &[&str]) -> Run {
    stage.postlink.run(&[&["export", "--data", "out", "--config", "my.toml"], more].concat()).unwrap()
}

#[track_caller]
fn done(run: Run) -> Run {
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    run
}

/// The commands of a bundle's VERIFY.md, run in it: whether all holds, and what was said.
pub(crate) fn by_shell(bundle: &Path) -> (bool, String) {
    let text = std::fs::read_to_string(bundle.join("VERIFY.md")).unwrap_or_default();
    shell(&commands(&text), bundle)
}

fn commands(text: &str) -> String {
    let commands = text.split("```bash\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    assert!((1..=15).contains(&commands.lines().count()), "{} lines", commands.lines().count());
    commands.to_owned()
}

fn shell(commands: &str, bundle: &Path) -> (bool, String) {
    let tools = archive_tools::folder().unwrap().join("validators/bin");
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", tools.display());
    let run = Command::new("bash").args(["-c", commands]).current_dir(bundle).env("PATH", path).output().unwrap();
    let said = [run.stdout, run.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    (run.status.success() && said.contains("ALL HOLDS"), said)
}

fn files(folder: &Path) -> Vec<String> {
    let found = Command::new("find").args([".", "-type", "f", "-printf", "%P\n"]).current_dir(folder).output().unwrap();
    String::from_utf8(found.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn json_of(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

/// The certificates that were taken back, as openssl reads it by the enclosed root.
fn the_list_of_the_issuer_is_enclosed(bundle: &Path) {
    let lists: Vec<String> = files(bundle).into_iter().filter(|name| name.ends_with(".crl")).collect();
    let [list] = &lists[..] else { panic!("{lists:?}") };
    let read = ["crl", "-inform", "DER", "-CAfile", "certs/tsa.pem", "-noout", "-text", "-in", list];
    let run = Command::new("openssl").args(read).current_dir(bundle).output().unwrap();
    let said = [run.stdout, run.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(said.contains("verify OK") && said.contains("No Revoked Certificates"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_handed_over_verifies_anywhere_and_names_what_was_changed() {
    let (authority, url) = authority().await;
    let root = authority.path("root.pem").display().to_string();
    let seal = format!(
        "[seal]\ntsa = [\"{url}\"]\ntsa_roots = [\"{root}\"]\nlog_origin = \"evidence.example/log\"\nlog_key = \"keys/log.key.pem\"\n"
    );
    let stage = stage(&format!("{QUICK}\n[operator]\nname = \"某市市场监督管理局\"\n{seal}")).await;
    done(stage.postlink.run(&["keys", "new", "--kind", "log", "--out", "keys"]).unwrap());
    assert_eq!(stage.check("out").code, Some(10));

    done(export(&stage, &["--all", "--out", "bundle"]));
    let bundle = stage.path("bundle");
    let whole = ["verify", "bundle", "--root", &root, "--log-key", "keys/log.pub.pem"];
    let run = done(stage.postlink.run(&whole).unwrap());
    assert!(run.stdout.contains("everything is as it was made"), "{}", run.stdout);
    assert!(!run.stdout.contains("not checked"), "{}", run.stdout);
    let (holds, said) = by_shell(&bundle);
    assert!(holds, "{said}");
    what_the_documents_say(&bundle);
    the_list_of_the_issuer_is_enclosed(&bundle);

    // Another key, and another authority, are not believed.
    done(stage.postlink.run(&["keys", "new", "--kind", "log", "--out", "other"]).unwrap());
    let other = stage.postlink.run(&["verify", "bundle", "--log-key", "other/log.pub.pem"]).unwrap();
    assert!(other.code == Some(1) && other.stdout.contains("SHA256SUMS.sig"), "{}", other.stdout);

    // One file, here and from an address.
    done(export(&stage, &["--all", "--lang", "en", "--out", "bundle.zip"]));
    done(stage.verify("bundle.zip"));
    let bytes = std::fs::read(stage.path("bundle.zip")).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/b.zip", listener.local_addr().unwrap());
    let served = Router::new().route("/b.zip", axum::routing::get(move || async move { bytes }));
    tokio::spawn(async move { axum::serve(listener, served).await });
    done(stage.postlink.run(&["verify", &address, "--config", "my.toml"]).unwrap());
    let guarded = stage.postlink.run(&["verify", &address]).unwrap();
    assert_eq!(guarded.code, Some(2), "a private address is refused unless it is allowed: {guarded:?}");

    tampered(&stage, &bundle);
}

/// Whatever is done to any file of a bundle of one case is found by both, and the file is named.
fn tampered(stage: &Stage, all: &Path) {
    let cases = json_of(&all.join("bundle.json"));
    let id = text(list(&cases, "/cases").iter().find(|case| text(case, "/ad_id") == "personal").unwrap(), "/case_id");
    done(export(stage, &["--case", id, "--out", "one"]));
    let one = stage.path("one");
    let recipe = commands(&std::fs::read_to_string(one.join("VERIFY.md")).unwrap());
    let caught = |name: &str, what: &str| {
        let run = stage.verify("one");
        assert!(run.code == Some(1) && run.stdout.contains(name), "{what} {name}: {}{}", run.stdout, run.stderr);
        let (holds, said) = shell(&recipe, &one);
        assert!(!holds && said.contains(name), "{what} {name}, by the shell: {said}");
    };
    let names = files(&one);
    assert!(names.len() > 15 && names.iter().any(|name| name.ends_with(".wacz")), "{names:?}");
    for name in &names {
        let path = one.join(name);
        let bytes = std::fs::read(&path).unwrap();
        for at in BTreeSet::from([0, bytes.len() / 2, bytes.len() - 1]) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            std::fs::write(&path, flipped).unwrap();
            caught(name, &format!("byte {at} of"));
        }
        std::fs::remove_file(&path).unwrap();
        if name == "SHA256SUMS" || name == "bundle.json" {
            // Without both a folder is no bundle any more; with one of them it still is.
            caught(name, "without");
        } else if name != "VERIFY.md" {
            caught(name, "without");
        }
        std::fs::write(&path, &bytes).unwrap();
    }
    std::fs::write(one.join("cases/added.txt"), "added").unwrap();
    caught("cases/added.txt", "with");
    std::fs::remove_file(one.join("cases/added.txt")).unwrap();
    let (a, b) = (one.join("ledger.html"), one.join("dossier.html"));
    let (of_a, of_b) = (std::fs::read(&a).unwrap(), std::fs::read(&b).unwrap());
    std::fs::write(&a, &of_b).unwrap();
    std::fs::write(&b, &of_a).unwrap();
    caught("ledger.html", "swapped");
    caught("dossier.html", "swapped");
    std::fs::write(&a, &of_a).unwrap();
    std::fs::write(&b, &of_b).unwrap();
    done(stage.verify("one"));
}

fn what_the_documents_say(bundle: &Path) {
    let ledger = json_of(&bundle.join("ledger.json"));
    assert_eq!(ledger.pointer("/coverage/ads"), Some(&json!(3)));
    assert_eq!(ledger.pointer("/coverage/checked"), Some(&json!(3)), "{ledger}");
    let rows: Vec<_> = list(&ledger, "/ads").iter().flat_map(|ad| list(ad, "/rows")).collect();
    assert!(
        rows.iter().any(|row| text(row, "/means") == "http") && rows.iter().any(|row| text(row, "/result") == "found")
    );
    let page = std::fs::read_to_string(bundle.join("ledger.html")).unwrap();
    for words in ["下一级链接核对台账", "《互联网广告管理办法》第十八条", "某市市场监督管理局", "涉嫌"]
    {
        assert!(page.contains(words), "{words}");
    }
    let dossier = std::fs::read_to_string(bundle.join("dossier.html")).unwrap();
    assert!(dossier.contains("（未提供）") && dossier.contains("无处置记录"), "what is absent is said");
    let extraction = json_of(&bundle.join("extraction.json"));
    for record in list(&extraction, "/records") {
        let manifest = bundle.join(format!("cases/{}/manifest.json", text(record, "/case_id")));
        assert_eq!(list(record, "/files").len(), list(&json_of(&manifest), "/evidence").len());
    }
    // A certificate for what is clean, and a reason for what is not.
    for case in list(&json_of(&bundle.join("bundle.json")), "/index/cases") {
        let there = bundle.join(format!("cases/{}/certificate.html", text(case, "/case_id"))).is_file();
        assert_eq!(there, text(case, "/verdict") == "clean", "{case}");
        assert_eq!(text(case, "/no_certificate").is_empty(), there, "{case}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_personal_is_left_in_a_redacted_copy_and_its_relation_is_proven() {
    let stage = stage(QUICK).await;
    assert_eq!(stage.check("out").code, Some(10));
    let all = stage.path("out");
    let packages = stage.postlink.run(&["export", "--data", "out", "--advertiser", "a-p", "--out", "whole"]).unwrap();
    done(packages);
    done(export(&stage, &["--advertiser", "a-p", "--redacted", "--out", "copy"]));
    let copy = stage.path("copy");
    done(stage.verify("copy"));
    let (holds, said) = by_shell(&copy);
    assert!(holds, "{said}");

    let reader = reader();
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>();
    let (mut pictures, mut kept) = (0, false);
    for name in files(&copy) {
        let bytes = std::fs::read(copy.join(&name)).unwrap();
        let mut said = vec![name.clone(), String::from_utf8_lossy(&bytes).into_owned()];
        if name.ends_with(".jpg") {
            pictures += 1;
            let written = reader.written(&bytes).unwrap().join("\n");
            kept |= written.contains("400-820-8820");
            said.push(written);
        }
        for planted in PLANTED {
            let leak = said.iter().any(|text| text.contains(planted) || plain(text).contains(&plain(planted)));
            assert!(!leak, "{planted} is left in {name}");
        }
    }
    assert!(pictures > 0 && kept, "a picture of the page is handed out, and the service number in it stays");

    // Each file of the copy is what the relation says, and comes from an original that the store holds.
    let relation = json_of(&copy.join("relation.json"));
    let related = list(&relation, "/files");
    assert!(related.len() >= 2, "{relation}");
    assert_eq!(relation["faces_covered"], true);
    assert!(std::fs::read_to_string(copy.join("index.html")).unwrap().contains("人脸已遮盖"));
    assert!(relation["covered"]["face"].as_u64() >= Some(1), "the portrait is covered, and counted: {relation}");
    for one in related {
        let bytes = std::fs::read(copy.join(text(one, "/file"))).unwrap();
        assert_eq!(model::evidence::EvidenceId::of(&bytes).to_string(), text(one, "/sha256"));
        if text(one, "/file").ends_with(".jpg") {
            let original = super::evidence::path(&all, text(one, "/original_sha256").parse().unwrap());
            let words = reader.written(&std::fs::read(original).unwrap()).unwrap().concat();
            assert!(plain(&words).contains("15011112222"), "the original has it: {words}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faces_are_shown_in_a_redacted_copy_only_where_that_is_asked_for() {
    let stage = stage(QUICK).await;
    assert_eq!(stage.check("out").code, Some(10));
    done(export(&stage, &["--advertiser", "a-p", "--redacted", "--faces", "shown", "--out", "shown"]));
    let copy = stage.path("shown");
    assert!(std::fs::read_to_string(copy.join("index.html")).unwrap().contains("人脸未遮盖"));
    let relation = json_of(&copy.join("relation.json"));
    assert_eq!((&relation["faces_covered"], &relation["covered"]["face"]), (&json!(false), &Value::Null));
    assert!(list(&relation, "/files").iter().any(|one| text(one, "/file").ends_with(".jpg")), "pictures are there");
    // Faces of what is no copy are not covered: whoever asks for that is told.
    let whole = export(&stage, &["--advertiser", "a-p", "--faces", "covered", "--out", "whole"]);
    assert_eq!(whole.code, Some(2), "{whole:?}");
}

fn reader() -> reader::Reader {
    let mut table: toml::Table = include_str!("../../../config.toml").parse().unwrap();
    let mut options: reader::Options = table.remove("reader").unwrap().try_into().unwrap();
    options.models = repository::root().join(".cache/models").display().to_string();
    reader::Reader::open(&options).unwrap()
}
