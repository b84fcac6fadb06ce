//! What is held back: forms, documents asked for while buttons are pressed, windows, downloads, app links.

use model::chain::{ActKind, App, File, Outcome, Way, WayKind};
use serde_json::{Value, json};

use crate::explore::app;
use crate::explore::clipboard::{self, CopiedKind};
use crate::follow::script;
use crate::watch::{Reply, Watch, is_foreign, text};

/// Words in the path of a request that a button may cause, and that would ask for a text message or place an order.
/// Not for documents: an order page may be looked at.
const SUBMITTING: [&str; 18] = [
    "sms",
    "sendcode",
    "send_code",
    "send-code",
    "vcode",
    "verifycode",
    "verify_code",
    "getcode",
    "captcha/send",
    "order",
    "submit",
    "subscribe",
    "purchase",
    "checkout",
    "/pay",
    "payment",
    "signup",
    "register",
];

/// A document that a button asked for, and that was not gone to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Caught {
    pub(crate) url: String,
    pub(crate) referrer: Option<String>,
    /// The script, where the browser tells.
    pub(crate) cause: String,
}

impl Watch {
    /// Nothing is submitted: no form, whatever its method, and no document by another method than GET.
    pub(super) fn is_held_back(&self, p: &Value) -> bool {
        let method = p["request"]["method"].as_str().unwrap_or("GET");
        let announced = p["frameId"].as_str().and_then(|frame| self.announced.get(frame));
        let url = p["request"]["url"].as_str().unwrap_or_default();
        let form = announced.is_some_and(|a| a.is_form() && without_query(&a.url) == without_query(url));
        p["redirectResponse"].is_null() && (!matches!(method, "GET" | "HEAD") || form)
    }

    pub(super) fn is_caught(&self, p: &Value) -> bool {
        self.catching && p["redirectResponse"].is_null() && p["frameId"] == self.main.as_str()
    }

    /// Documents wait here until it is known that asking for them submits nothing; while buttons are pressed, so does
    /// all that scripts ask for.
    pub(super) fn paused(&mut self, p: &Value) -> Reply {
        let request = text(&p["requestId"]);
        let refuse = Reply::Call("Fetch.failRequest", json!({"requestId": request, "errorReason": "Aborted"}));
        let go_on = Reply::Call("Fetch.continueRequest", json!({"requestId": request}));
        let (url, method) = (text(&p["request"]["url"]), text(&p["request"]["method"]));
        if p["resourceType"] != "Document" {
            if matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS") && !submits(&url) {
                return go_on;
            }
            self.block(&url, &format!("a request by {method} after a button was pressed: nothing is submitted"));
            return refuse;
        }
        let is_main = p["frameId"] == self.main.as_str();
        if self.is_held_back(p) {
            self.block(&url, &format!("a form or document sent by {method} was held back: nothing is submitted"));
            let way = self.found(WayKind::Form, Some(url.clone()), Outcome::HeldBack);
            self.way(way);
            if is_main {
                self.held_back = Some(url);
                self.due = None;
            }
            if let Some(frame) = p["frameId"].as_str() {
                self.announced.remove(frame);
            }
            return refuse;
        }
        if is_main && self.catching && p["redirectedRequestId"].is_null() {
            let announced = self.announced.remove(&self.main);
            let cause = announced.map_or_else(|| "script".to_owned(), |announced| announced.reason);
            let referrer = p["request"]["headers"]["Referer"].as_str().map(str::to_owned);
            self.caught.push(Caught { url, referrer, cause });
            return refuse;
        }
        if is_main && self.trail.ended.is_some() {
            return refuse;
        }
        let leaves = is_main && p["redirectedRequestId"].is_null() && self.page.committed;
        // The hop to come may stand last already, or not yet.
        let last = self.trail.hops().last();
        let left = last.and_then(|last| if self.page.asked.is_some() { last.from } else { Some(last.index) });
        match left.filter(|_| leaves) {
            Some(from) => Reply::LeaveFor { request, from },
            None => go_on,
        }
    }

    /// The way leads out of the browser, by a script or by an answer of this status.
    pub(super) fn app_link(&mut self, url: &str, status: Option<u64>) {
        self.block(url, "an app link, or another scheme than http and https, was not opened");
        let mut way = self.found(WayKind::AppLink, Some(url.to_owned()), Outcome::NotLaunched);
        way.app = app::read(url);
        if !way.gesture && way.app.is_some() {
            self.act(ActKind::AppWithoutGesture, way.at_ms, format!("It called {url} by itself."));
        }
        self.way(way);
        self.app_link = Some(url.to_owned());
        self.due = None;
        if status.is_some() {
            self.page.asked = None;
            if let Some(hop) = self.trail.last_mut() {
                hop.status = status.and_then(|status| u16::try_from(status).ok());
            }
        }
    }

    pub(super) fn downloads(&mut self, p: &Value) {
        let url = text(&p["url"]);
        self.block(&url, "a download was not accepted");
        let mut way = self.found(WayKind::Download, Some(url.clone()), Outcome::HeldBack);
        way.file =
            Some(File { name: text(&p["suggestedFilename"]), mime: String::new(), bytes: None, beginning: None });
        if !way.gesture && self.page.committed {
            self.act(ActKind::AutoDownload, way.at_ms, format!("It offered {url} for download by itself."));
        }
        self.way(way);
        self.download = Some(url);
        self.page.asked = None;
    }

    /// Announced before the window is there; where a script leads it later is seen by who receives the window.
    pub(super) fn opens_window(&mut self, p: &Value) {
        let url = text(&p["url"]);
        if is_foreign(&url) {
            self.app_link(&url, None);
        }
    }

    /// A window was opened, and closed again when it was known where it leads.
    pub(crate) fn popup(&mut self, url: Option<String>, method: &str) {
        let shown = url.clone().unwrap_or_else(|| "about:blank".to_owned());
        self.block(&shown, "a pop-up window was closed; where it leads is listed among the ways on");
        let outcome = if method == "GET" { Outcome::Unspent } else { Outcome::HeldBack };
        let way = self.found(WayKind::Popup, url, outcome);
        if !way.gesture {
            self.act(ActKind::PopupWithoutGesture, way.at_ms, format!("It opened a window with {shown} by itself."));
        }
        self.way(way);
    }

    /// What the script in the page's own world tells: the clipboard was written, a permission was asked for.
    pub(super) fn told(&mut self, p: &Value) {
        if p["name"] != crate::seat::TELL {
            return;
        }
        let Ok(told) = serde_json::from_str::<Value>(p["payload"].as_str().unwrap_or_default()) else { return };
        let what: String = text(&told["what"]).chars().take(super::MOST_CHARS).collect();
        let at_ms = self.traffic.now();
        match told["kind"].as_str() {
            Some("clipboard") if !what.is_empty() => {
                let mut way = self.found(WayKind::Clipboard, None, Outcome::NotLaunched);
                way.words.clone_from(&what);
                let copied = clipboard::read(&what);
                way.url = copied.iter().find(|one| one.kind == CopiedKind::Address).map(|one| one.words.clone());
                if let Some(name) = copied.into_iter().find_map(|one| one.app) {
                    let scheme = String::new();
                    way.app = Some(App { scheme, name: Some(name), package: None, fallback: None });
                }
                if !way.gesture {
                    let detail = format!("It put 「{what}」 into the clipboard by itself.");
                    self.act(ActKind::ClipboardWritten, at_ms, detail);
                }
                self.way(way);
            }
            Some("permission") => self.act(ActKind::PermissionAsked, at_ms, format!("It asked for: {what}.")),
            _ => {}
        }
    }

    /// A way on that the page took, or was made to take by a gesture.
    fn found(&mut self, kind: WayKind, url: Option<String>, outcome: Outcome) -> Way {
        Way {
            kind,
            hop: self.hop(),
            at_ms: self.traffic.now(),
            words: String::new(),
            area: None,
            url: url.map(|url| url.chars().take(script::MOST * 8).collect()),
            gesture: self.gesture,
            app: None,
            file: None,
            outcome,
            snapshot: None,
        }
    }
}

fn submits(url: &str) -> bool {
    let path = without_query(url).to_ascii_lowercase();
    let path = path.split_once("://").map_or(path.as_str(), |(_, rest)| rest.split_once('/').map_or("", |(_, p)| p));
    SUBMITTING.iter().any(|word| format!("/{path}").contains(word))
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_for_a_message_or_an_order_is_told_from_what_asks_for_content() {
        for url in [
            "https://a.test/api/sms/send?to=1",
            "https://a.test/v1/sendCode",
            "http://a.test/order/create",
            "http://a.test/api/pay?id=3",
        ] {
            assert!(submits(url), "{url}");
        }
        for url in ["https://order.a.test/api/list?sms=1", "https://a.test/goods/12.json", "https://a.test/tabs?x=/pay"]
        {
            assert!(!submits(url), "{url}");
        }
    }
}
