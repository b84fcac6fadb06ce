//! Players of web archives that others made, playing one of our packages: pywb, and ReplayWeb.page in Chromium.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::get;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::archive_tools;

const LONGEST: Duration = Duration::from_secs(60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// The programs that show pages, the first that is there counts.
const CHROMIUM: [&str; 2] = ["/usr/lib/chromium/chromium-headless-shell", "/usr/bin/chromium"];

/// pywb with one package; dropping it ends it.
pub struct Pywb {
    _server: Child,
    _folder: TempDir,
    address: String,
}

impl Pywb {
    pub async fn play(package: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let tool = |name: &str| -> Result<Command> {
            let mut command = Command::new(archive_tools::folder()?.join("pywb/bin").join(name));
            command.current_dir(folder.path()).kill_on_drop(true);
            Ok(command)
        };
        for arguments in [&["init", "c"][..], &["add", "--unpack-wacz", "c", package.to_str().context("a path")?]] {
            let done = tool("wb-manager")?.args(arguments).output().await?;
            ensure!(done.status.success(), "wb-manager: {}", String::from_utf8_lossy(&done.stderr));
        }
        let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
        let log = std::fs::File::create(folder.path().join("log"))?;
        let mut wayback = tool("wayback")?;
        wayback.args(["-b", "127.0.0.1", "-p", &port.to_string()]).stdout(log.try_clone()?).stderr(log);
        let server = wayback.spawn()?;
        let pywb = Self { _server: server, _folder: folder, address: format!("127.0.0.1:{port}") };
        let listens = async {
            while tokio::net::TcpStream::connect(&pywb.address).await.is_err() {
                sleep(BETWEEN_LOOKS).await;
            }
        };
        timeout(LONGEST, listens).await.context("pywb does not listen")?;
        Ok(pywb)
    }

    /// What it answers for an address: head and body.
    pub async fn ask(&self, url: &str, more: &[&str]) -> Result<String> {
        let address = format!("http://{}/c/mp_/{url}", self.address);
        let answer = Command::new("curl")
            .args(["--silent", "--include", "--max-time", "30", &address])
            .args(more)
            .output()
            .await?;
        ensure!(answer.status.success(), "curl {address}: {}", answer.status);
        Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
    }
}

/// ReplayWeb.page with one package, in a Chromium of its own.
pub struct ReplayWeb {
    _browser: Child,
    _profile: TempDir,
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    session: String,
    calls: u64,
    address: String,
}

impl ReplayWeb {
    pub async fn play(package: &Path) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let scripts = archive_tools::folder()?.join("replaywebpage");
        let routes = Router::new()
            .route("/", get(page))
            .route("/ui.js", get(file).with_state(scripts.join("ui.js")))
            .route("/replay/sw.js", get(file).with_state(scripts.join("sw.js")))
            .route("/case.wacz", get(file).with_state(package.to_owned()));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let program = CHROMIUM.into_iter().find(|path| Path::new(path).exists()).context("there is no Chromium")?;
        let profile = tempfile::tempdir()?;
        let browser = Command::new(program)
            .args(["--headless", "--no-sandbox", "--remote-debugging-port=0", "--window-size=900,700"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let told = profile.path().join("DevToolsActivePort");
        let listens = async {
            loop {
                let text = std::fs::read_to_string(&told).unwrap_or_default();
                match text.split_once('\n') {
                    Some((port, path)) if !path.is_empty() => return format!("ws://127.0.0.1:{port}{}", path.trim()),
                    _ => sleep(BETWEEN_LOOKS).await,
                }
            }
        };
        let url = timeout(LONGEST, listens).await.context("Chromium does not listen")?;
        let (socket, _) = connect_async(url).await?;
        let session = String::new();
        let mut player = Self { _browser: browser, _profile: profile, socket, session, calls: 0, address };
        let target = player.call("Target.createTarget", json!({"url": "about:blank"})).await?;
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = player.call("Target.attachToTarget", attach).await?;
        player.session = attached["sessionId"].as_str().context("a session")?.to_owned();
        Ok(player)
    }

    /// Opens an address of the package, and waits until a document that it plays says something to this expression, in which
    /// `d` is that document.
    pub async fn shows(&mut self, url: &str, expression: &str, expected: &str) -> Result<()> {
        let address = url::Url::parse_with_params(&format!("http://{}/", self.address), [("url", url)])?;
        self.call("Page.navigate", json!({"url": address})).await?;
        let expression = SEEK.replace("EXPRESSION", expression);
        let mut last = Value::Null;
        let until = tokio::time::Instant::now() + LONGEST;
        while tokio::time::Instant::now() < until {
            let call = json!({"expression": expression, "returnByValue": true});
            last = self.call("Runtime.evaluate", call).await?["result"]["value"].take();
            if last.as_str().is_some_and(|said| said == expected) {
                return Ok(());
            }
            sleep(BETWEEN_LOOKS).await;
        }
        bail!("{url} is played as {last}, and {expected} is expected")
    }

    async fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        self.calls += 1;
        let mut call = json!({"id": self.calls, "method": method, "params": params});
        if !self.session.is_empty() {
            call["sessionId"] = self.session.clone().into();
        }
        self.socket.send(Message::text(call.to_string())).await?;
        let answered = async {
            while let Some(message) = self.socket.next().await {
                let mut answer: Value = serde_json::from_str(message?.to_text()?)?;
                if answer["id"] == self.calls {
                    ensure!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                    return Ok(answer["result"].take());
                }
            }
            bail!("Chromium has gone")
        };
        timeout(LONGEST, answered).await.with_context(|| format!("{method} is not answered"))?
    }
}

/// Looks through frames and shadow trees for the document that is played.
const SEEK: &str = r"(() => {
    const seek = (root, depth) => {
        if (depth > 12) return null;
        for (const one of root.querySelectorAll('*')) {
            const inner = one.tagName === 'IFRAME' ? one.contentDocument : one.shadowRoot;
            if (!inner) continue;
            if (inner.location && /\/\d*mp_\//.test(inner.location.href)) return inner;
            const found = seek(inner, depth + 1);
            if (found) return found;
        }
        return null;
    };
    const d = seek(document, 0);
    return d && (EXPRESSION);
})()";

/// The page that holds the player.
async fn page(Query(asked): Query<std::collections::HashMap<String, String>>) -> Response<Body> {
    let url = asked.get("url").map(String::as_str).unwrap_or_default().replace('&', "&amp;").replace('"', "&quot;");
    let text = format!(
        "<!doctype html><meta charset=utf-8><script src=/ui.js></script><replay-web-page style='height:100vh' \
         source=/case.wacz url=\"{url}\" replayBase=/replay/ embed=replayonly></replay-web-page>"
    );
    let page = Response::builder().header("Content-Type", "text/html; charset=utf-8").body(Body::from(text));
    page.expect("a page")
}

/// A file, or the part of it that is asked for: players ask for the end of a package first, often for more than it has.
async fn file(State(path): State<PathBuf>, headers: HeaderMap) -> Response<Body> {
    let bytes = std::fs::read(&path).unwrap_or_default();
    let kind = if path.extension().is_some_and(|end| end == "js") { "text/javascript" } else { "application/wacz" };
    let answer = Response::builder().header("Content-Type", kind).header("Accept-Ranges", "bytes");
    let asked = headers.get("range").and_then(|range| range.to_str().ok()?.strip_prefix("bytes=")?.split_once('-'));
    let last = bytes.len().saturating_sub(1);
    let part = asked.and_then(|(from, to)| match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), to) => Some(from..=to.unwrap_or(last).min(last)),
        (Err(_), Ok(suffix)) => Some(bytes.len().saturating_sub(suffix)..=last),
        _ => None,
    });
    let answer = match part.as_ref().and_then(|part| Some((part, bytes.get(part.clone())?))) {
        Some((part, piece)) => {
            let range = format!("bytes {}-{}/{}", part.start(), part.end(), bytes.len());
            answer.status(StatusCode::PARTIAL_CONTENT).header("Content-Range", range).body(Body::from(piece.to_vec()))
        }
        None => answer.body(Body::from(bytes)),
    };
    answer.expect("a file")
}
