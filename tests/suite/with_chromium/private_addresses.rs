//! An address that is not ours to open is not opened, however a page leads there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokio::net::TcpListener;

use super::{Postlink, QUICK, Site, Stage, ad, case, evidence, list, machine, text, world_of};

/// A service that nobody may connect to, and counts those who do.
pub(crate) struct Private {
    pub(crate) at: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Private {
    pub(crate) async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.2:0").await.unwrap();
        let (at, connections) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { at, connections }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Every way in which a page can ask for something.
pub(crate) fn greedy(private: SocketAddr) -> String {
    format!(
        "<h1>云朵阅读</h1><p>海量好书，随时随地阅读。</p>
         <link rel=stylesheet href=http://{private}/sheet><link rel=preconnect href=http://{private}/>
         <img src=http://{private}/picture><img src=http://inner.test/named><script src=http://{private}/script></script>
         <iframe src=http://{private}/frame></iframe><video src=http://{private}/film></video>
         <script>
           fetch('http://{private}/fetched').catch(() => 0);
           navigator.sendBeacon('http://{private}/beacon', 'x');
           new WebSocket('ws://{private}/socket').onerror = () => 0;
           window.open('http://{private}/window');
           new Worker(URL.createObjectURL(new Blob([`fetch('http://{private}/worker').catch(() => 0)`])));
         </script>"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_address_is_not_opened_however_a_page_leads_there() {
    let private = Private::listen().await;
    let at = private.at;
    let postlink = Postlink::new().unwrap();
    let greedy = greedy(at);
    let meta = format!("<meta http-equiv=refresh content='0; url=http://{at}/meta'>");
    let script = format!("<script>location.href = 'http://{at}/script'</script>");
    let mut world = world_of(&postlink, &[("greedy.test", &greedy), ("meta.test", &meta), ("script.test", &script)]);
    for (host, to) in [("http.test", format!("http://{at}/http")), ("name.test", "http://inner.test/".to_owned())] {
        let route = json!({"host": host, "path": "/*", "redirect": {"status": 302, "to": to}});
        world.routes.push(serde_json::from_value(route).unwrap());
    }
    let site = Site::start(vec![world]).await.unwrap();
    let guard = |range: &str| {
        let (here, resolve) = (site.address(), format!("\"inner.test\" = \"{at}\""));
        format!("[guard]\nallow = [\"{range}\"]\nresolve = {{ \"*.test\" = \"{here}\", {resolve} }}\n\n")
    };
    postlink.write("my.toml", guard("127.0.0.1/32") + &machine() + QUICK).unwrap();
    postlink.write("open.toml", guard("127.0.0.0/8") + &machine() + QUICK).unwrap();
    let stage = Stage { site, postlink };
    let led = ["http.test", "name.test", "meta.test", "script.test"];
    let mut lines: String = led.iter().map(|host| ad(host, &format!("http://{host}/"))).collect();
    lines.push_str(&ad("straight", &format!("http://{at}/straight")));
    lines.push_str(&ad("greedy", "http://greedy.test/"));
    stage.ads(lines);
    let run = stage.check("out");
    assert_eq!(private.connections(), 0, "{}", run.stderr);

    let cases = stage.cases("out");
    for id in led.iter().chain(&["straight"]) {
        let case = case(&cases, id);
        let refused = list(case, "/gaps").iter().any(|gap| text(gap, "/reason") == "address-refused");
        assert!(refused && text(case, "/verdict") == "inconclusive", "{id}: {case}");
        // Where it would have led is in the chain, for all to see.
        let last = list(case, "/chains/0/hops").last().unwrap();
        assert!(text(last, "/url").contains("127.0.0.2") || text(last, "/url").contains("inner.test"), "{last}");
    }
    let record = evidence::records(&stage.path("out"), "greedy").remove(0);
    let blocked: Vec<_> = list(&record, "/blocked").iter().map(|one| text(one, "/url")).collect();
    for host in [at.to_string(), "inner.test:80".to_owned()] {
        assert!(blocked.contains(&host.as_str()), "{host} was refused and that is not written down: {record}");
    }
    assert_eq!(evidence::others_opened(&stage.path("out"), "greedy", stage.site.address()), [""; 0]);

    // Where it is allowed the service is reached: the count above could have been another.
    stage.ads(ad("greedy", "http://greedy.test/"));
    stage.postlink.run(&["check", "ads.jsonl", "--out", "open", "--config", "open.toml"]).unwrap();
    assert!(private.connections() > 0);
}
