//! What visitors are shown differently, and differently again at each further look; and what is no difference.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use postlink_tests::world::World;
use serde_json::Value;
use tokio::net::TcpListener;

use super::{Postlink, Stage, ad, case, contract, evidence, list, machine, text};

/// The visitors of these tests: a phone, a desktop, and another phone whose owner reads English.
const VISITORS: &str = "
[check]
visitors = [\"android-douyin\", \"desktop-chrome\", \"ios-safari\"]

[visitors.ios-safari]
languages = [\"en-US\", \"en\"]
";

/// A visitor that is shown something else than the first, and in what.
type Wanted = (&'static str, &'static [&'static str]);

/// Each ad with the visitors that are shown something else than the first, each time they look.
const WANTED: &[(&str, &[Wanted])] = &[
    (
        "cloak-by-agent",
        &[
            ("desktop-chrome", &["entity", "fields", "offer", "price"]),
            ("ios-safari", &["entity", "fields", "offer", "price"]),
        ],
    ),
    ("cloak-by-script", &[("desktop-chrome", &["entity", "fate", "fields", "offer", "price"])]),
    ("cloak-by-language", &[("ios-safari", &["fields", "offer", "price"])]),
    ("honest-ab-pictures", &[]),
    ("honest-random-shops", &[]),
    ("honest-app-buttons", &[]),
    ("honest-qr-desktop", &[]),
    ("honest-responsive", &[]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_differs_is_told_when_it_differs_again_and_what_only_looks_different_is_not() {
    let worlds: Vec<_> = WANTED.iter().map(|(name, _)| World::read(name).unwrap()).collect();
    let lines: String = worlds.iter().map(|world| world.ads_jsonl().unwrap()).collect();
    let stage = Stage::of(worlds, VISITORS).await;
    stage.ads(lines);
    let run = stage.check("out");
    let (cases, out) = (stage.cases("out"), stage.path("out"));
    let mut faults = Vec::new();
    for (ad_id, wanted) in WANTED {
        let case = case(&cases, ad_id);
        let wanted: BTreeMap<_, BTreeSet<_>> =
            wanted.iter().map(|(visitor, about)| (*visitor, about.iter().copied().collect())).collect();
        if repeated(case) != wanted {
            faults.push(format!("{ad_id}: {}", told(case)));
        }
        // An honest page gives no cause for a further look, either.
        let quiet = list(case, "/differences").is_empty() && text(case, "/verdict") == "clean";
        if wanted.is_empty() && !quiet {
            faults.push(format!("{ad_id}: {}", told(case)));
        }
        faults.extend(contract::faults(case));
        faults.extend(evidence::faults(&out, case));
        if list(case, "/chains").len() != 3 {
            faults.push(format!("{ad_id}: a further look left its chains in the case"));
        }
        let looks = evidence::further_looks(&out, ad_id);
        let concerned = if wanted.is_empty() { 0 } else { 2 * (1 + wanted.len()) };
        if looks != concerned {
            faults.push(format!("{ad_id}: {looks} further visits are kept, not {concerned}"));
        }
    }
    faults.extend(stage.site.submissions().iter().map(|request| format!("submitted: {request:?}")));
    assert!(faults.is_empty(), "{}\n{}", faults.join("\n"), run.stderr);
}

/// The visitors who were shown something else than the first one, with the matters that were repeated.
fn repeated(case: &Value) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for difference in list(case, "/differences").iter().filter(|difference| difference["repeated"] == true) {
        found.entry(text(difference, "/visitors/1")).or_default().insert(text(difference, "/about"));
    }
    found
}

fn told(case: &Value) -> String {
    let lines = list(case, "/differences").iter().map(|one| {
        format!(
            "\n    {} {} {} repeated: {} {}",
            one["about"], one["visitors"], one["confidence"], one["repeated"], one["shown"]
        )
    });
    let gaps = list(case, "/gaps").iter().map(|gap| format!("\n    gap {}", gap["detail"]));
    lines.chain(gaps).collect()
}

/// A server that deals out two offers in turn gives each visitor the other one at a further look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offers_that_a_server_deals_out_in_turn_are_not_told_as_repeated() {
    let turns = Arc::new(AtomicUsize::new(0));
    let turn = move || {
        let turn = turns.fetch_add(1, Ordering::SeqCst) % 2;
        async move { turn.to_string() }
    };
    // The walk over plain HTTP asks for the page as well, and runs no script: only visitors take a turn.
    let app = Router::new().route("/turn", get(turn)).fallback(|| async { Html(DEALT) });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, app).into_future());
    let postlink = Postlink::new().unwrap();
    let guard = format!("[guard]\nallow = [\"127.0.0.0/8\"]\nresolve = {{ \"deal.test\" = \"{at}\" }}\n");
    postlink
        .write(
            "my.toml",
            format!("{guard}\n{}\n[check]\nvisitors = [\"android-douyin\", \"desktop-chrome\"]\n", machine()),
        )
        .unwrap();
    postlink.write("ads.jsonl", ad("dealt", "http://deal.test/")).unwrap();
    let run = postlink.run(&["check", "ads.jsonl", "--out", "out", "--config", "my.toml"]).unwrap();
    let cases = postlink.cases("out").unwrap();
    let differences = list(&cases[0], "/differences");
    assert!(!differences.is_empty(), "the two visitors were dealt the same page: {}", run.stderr);
    assert!(differences.iter().all(|difference| difference["repeated"] == false), "{}", told(&cases[0]));
}

const DEALT: &str = "<!doctype html><meta charset=utf-8><title>云朵</title><div id=root></div><script>
  const order = `<h1>5G流量套餐</h1><p>月租39元，次月起自动扣费</p><input placeholder=手机号><button>立即办理套餐</button>`;
  const shop = `<h1>纯棉四件套</h1><p>亲肤透气，包邮到家</p><p>现价199元</p><button>立即购买</button>`;
  fetch('/turn').then(answer => answer.text()).then(turn => { root.innerHTML = turn === '1' ? order : shop; });
</script>";
