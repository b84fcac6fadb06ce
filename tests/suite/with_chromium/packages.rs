//! The package of a real visit: what others say of it, and whether their players play it.

use postlink_tests::archive_tools;
use postlink_tests::players::{Pywb, ReplayWeb};

use super::*;

/// A click that is sent on twice, to a page with a style, a picture, and two questions to its server.
async fn stage() -> Stage {
    let postlink = Postlink::new().unwrap();
    let page = r#"<!doctype html><meta charset=utf-8><title>云朵阅读</title><link rel=stylesheet href=/a.css>
        <h1>云朵阅读</h1><p>海量好书，随时随地阅读。<img id=pic src=/p.png>
        <p id=price>…<p id=order>…
        <script>
        fetch("/api/price?b=2&a=1").then(a => a.json()).then(a => price.textContent = "price " + a.price);
        fetch("/api/order", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({book: "云", n: 1})})
            .then(a => a.json()).then(a => order.textContent = "order " + a.state);
        </script>"#;
    let refresh = "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content='0;url=http://shop.test/page'>…";
    postlink.write("pages/page.html", page).unwrap();
    postlink.write("pages/refresh.html", refresh).unwrap();
    postlink.write("pages/a.css", "h1 { color: rgb(1, 2, 3) }").unwrap();
    postlink.write("pages/p.png", PNG).unwrap();
    let routes = json!([
        {"host": "go.test", "path": "/c", "redirect": {"status": 302, "to": "http://mid.test/r?{query}"}},
        {"host": "mid.test", "path": "/r", "file": "refresh.html"},
        {"host": "shop.test", "path": "/page", "file": "page.html"},
        {"host": "shop.test", "path": "/a.css", "file": "a.css"},
        {"host": "shop.test", "path": "/p.png", "file": "p.png"},
        {"host": "shop.test", "path": "/api/price", "json": {"price": "9.90"}},
        {"host": "shop.test", "path": "/api/order", "json": {"state": "taken"}},
    ]);
    let world = World {
        name: "package".into(),
        folder: postlink.folder().to_owned(),
        routes: serde_json::from_value(routes).unwrap(),
        hosts: ["go.test", "mid.test", "shop.test"].map(Into::into).to_vec(),
        ads: Vec::new(),
    };
    let stage = Stage::with(postlink, vec![world], QUICK).await;
    stage.ads(ad("a", "http://go.test/c?id=7"));
    stage
}

/// A red point of one pixel.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1, 8,
    2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0xf8, 0xcf, 0xc0, 0,
    0, 3, 1, 1, 0, 0xc9, 0xfe, 0x92, 0xef, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// The package of the one case in this folder.
fn package(stage: &Stage, out: &str) -> PathBuf {
    let entries = std::fs::read_dir(stage.path(out).join("evidence")).unwrap();
    let packages =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "wacz"));
    let packages: Vec<_> = packages.collect();
    assert_eq!(packages.len(), 1, "{packages:?}");
    packages[0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_package_of_a_visit_is_valid_and_is_played_by_others() {
    let stage = stage().await;
    let run = stage.check("out");
    assert!(run.code.is_some_and(|code| code != 1), "{run:?}");
    let package = package(&stage, "out");
    assert_eq!(archive_tools::complaints(&package).unwrap(), [""; 0]);

    let pywb = Pywb::play(&package).await.unwrap();
    let json = ["--header", "Content-Type: application/json", "--data", r#"{"book":"云","n":1}"#];
    for (url, more, expected) in [
        ("http://go.test/c?id=7", &[][..], "/http://mid.test/r?id=7"),
        ("http://mid.test/r?id=7", &[], "mp_/http://shop.test/page"),
        ("http://shop.test/page", &[], "海量好书"),
        ("http://shop.test/a.css", &[], "rgb(1, 2, 3)"),
        ("http://shop.test/p.png", &[], "IHDR"),
        ("http://shop.test/api/price?a=1&b=2", &[], "9.90"),
        ("http://shop.test/api/order", &json, "taken"),
    ] {
        let answer = pywb.ask(url, more).await.unwrap();
        assert!(answer.contains(expected), "{url}: {answer}");
    }

    let mut player = ReplayWeb::play(&package).await.unwrap();
    let look = "[d.title, d.defaultView.getComputedStyle(d.querySelector('h1')).color, d.querySelector('#pic').naturalWidth, \
        d.querySelector('#price').textContent, d.querySelector('#order').textContent].join('; ')";
    let expected = "云朵阅读; rgb(1, 2, 3); 1; price 9.90; order taken";
    for url in ["http://shop.test/page", "http://go.test/c?id=7"] {
        player.shows(url, look, expected).await.unwrap();
    }

    let told = stage.postlink.run(&["verify", package.to_str().unwrap()]).unwrap();
    assert!(told.code == Some(0) && told.stdout.contains("everything holds"), "{told:?}");
    assert_eq!(stage.verify("out").code, Some(0));
    let mut bytes = std::fs::read(&package).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    // A second name of the blob: writing to it in place would change both.
    std::fs::remove_file(&package).unwrap();
    std::fs::write(&package, bytes).unwrap();
    let told = stage.postlink.run(&["verify", package.to_str().unwrap()]).unwrap();
    assert!(told.code == Some(1) && told.stdout.contains("does not hold"), "{told:?}");
    let name = package.file_name().unwrap().to_str().unwrap();
    let told = stage.verify("out");
    assert!(told.code == Some(1) && told.stdout.contains(&format!("evidence/{name}: changed")), "{told:?}");
}
