//! How the page moves on: documents asked for, answered, shown; and addresses that change without one.

use std::time::{Duration, Instant};

use model::chain::{ActKind, HopKind};
use model::units::Millis;
use serde_json::{Value, json};

use crate::follow::{Announced, Step, http, script};
use crate::watch::{MOST_LINES, Page, Reply, Watch, is_foreign, text};

/// A change of the address without a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Moved {
    pub(crate) url: String,
    pub(crate) at_ms: Millis,
}

impl Watch {
    pub(super) fn sent(&mut self, p: &Value) -> Option<Reply> {
        let (id, url) = (text(&p["requestId"]), text(&p["request"]["url"]));
        let is_main = p["type"] == "Document" && p["frameId"] == self.main.as_str() && p["loaderId"] == id.as_str();
        self.traffic.sent(p);
        if !is_main || self.is_held_back(p) || self.is_caught(p) {
            return None;
        }
        if is_foreign(&url) {
            // An app link says behind the `#` which app it wants, and what else there is.
            let url = url + p["request"]["urlFragment"].as_str().unwrap_or_default();
            self.app_link(&url, p["redirectResponse"]["status"].as_u64());
            return None;
        }
        let at_ms = self.traffic.at(p);
        let redirect = &p["redirectResponse"];
        let mut step = if redirect.is_object() {
            let status = redirect["status"].as_u64().and_then(|status| u16::try_from(status).ok());
            if let Some(hop) = self.trail.last_mut() {
                (hop.status, hop.tls) = (status, crate::follow::tls(redirect));
            }
            Step::new(HopKind::Http, &url, at_ms).because(http::cause(status.unwrap_or_default()))
        } else {
            let (kind, cause) = Announced::explain(self.announced.get(&self.main), &p["initiator"]);
            let mut step = Step::new(kind, &url, at_ms).because(cause);
            if kind == HopKind::Script {
                step.initiator = script::initiator(&p["initiator"]);
            }
            step
        };
        step.before = Some(self.page.url.clone()).filter(|url| step.kind != HopKind::Http && url.starts_with("http"));
        step.gesture = self.gesture;
        step.referrer = p["request"]["headers"]["Referer"].as_str().map(str::to_owned);
        self.announced.remove(&self.main);
        self.due = None;
        if step.kind != HopKind::Http && self.shows_a_page() && !self.gesture {
            let detail = format!("It left for {url} by itself.");
            self.act(ActKind::ForcedRedirect, at_ms, detail);
        }
        if !self.trail.step(step) {
            return Some(Reply::Call("Page.stopLoading", json!({})));
        }
        self.page.asked = Some(id);
        self.page.failed = None;
        self.moves += 1;
        None
    }

    pub(super) fn answered(&mut self, p: &Value) {
        self.traffic.answered(p);
        let status = p["response"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        if self.page.asked.is_some()
            && p["requestId"].as_str() == self.page.asked.as_deref()
            && let Some(hop) = self.trail.last_mut()
        {
            (hop.status, hop.tls) = (status, crate::follow::tls(&p["response"]));
            hop.service_worker = p["response"]["fromServiceWorker"] == true;
        }
    }

    pub(super) fn received(&mut self, p: &Value) -> Option<Reply> {
        self.traffic.received(p);
        let id = p["requestId"].as_str()?;
        let of_page = [&self.page.asked, &self.page.request].into_iter().any(|own| own.as_deref() == Some(id));
        let bytes = self.traffic.of(id).map_or(0, |exchange| exchange.decoded);
        if !of_page || bytes <= self.most_document || self.page.incomplete.is_some() {
            return None;
        }
        self.page.incomplete = Some(format!("it is longer than {} bytes", self.most_document));
        Some(Reply::Call("Page.stopLoading", json!({})))
    }

    pub(super) fn failed(&mut self, p: &Value) {
        self.traffic.ended(p, false);
        let why = text(&p["errorText"]);
        if self.page.committed && p["requestId"].as_str() == self.page.request.as_deref() && why != "net::ERR_ABORTED" {
            self.page.incomplete.get_or_insert(why);
            return;
        }
        if self.page.asked.is_none() || p["requestId"].as_str() != self.page.asked.as_deref() {
            return;
        }
        self.page.asked = None;
        let why = text(&p["errorText"]);
        // An answer without content (204), a download, something held back: the old page stays.
        let stays = why == "net::ERR_ABORTED";
        if let Some(hop) = self.trail.last_mut() {
            hop.error = Some(why.clone());
        }
        if !stays {
            self.page.failed = Some(why);
        }
    }

    pub(super) fn committed(&mut self, frame: &Value) {
        if frame["id"] != self.main.as_str() {
            return;
        }
        let url = text(&frame["url"]);
        let loader = text(&frame["loaderId"]);
        let error_page = frame["unreachableUrl"].is_string() || url.starts_with("chrome-error:");
        let failed =
            if error_page { Some(self.page.failed.take().unwrap_or_else(|| "net::ERR_FAILED".into())) } else { None };
        if self.page.asked.as_deref() != Some(&loader) && !error_page && url.starts_with("blob:") {
            // A document made by the page itself: nobody was asked for it.
            let (kind, cause) = Announced::explain(self.announced.get(&self.main), &Value::Null);
            let at_ms = self.traffic.now();
            let mut step = Step::new(kind, &url, at_ms).because(cause);
            (step.before, step.gesture) = (Some(self.page.url.clone()), self.gesture);
            self.trail.step(step);
            self.moves += 1;
        }
        self.history.clear();
        let incomplete = self.page.incomplete.take().filter(|_| self.page.asked.as_deref() == Some(&loader));
        self.page = Page { request: Some(loader), url, committed: !error_page, failed, incomplete, ..Page::default() };
    }

    /// The address changed without a document. Whether what is shown changed too is for the next look to say.
    pub(super) fn moved_within(&mut self, p: &Value) {
        let url = text(&p["url"]);
        if p["frameId"] == self.main.as_str() {
            self.within += 1;
        }
        if p["frameId"] != self.main.as_str() || url == self.page.url {
            return;
        }
        self.page.url.clone_from(&url);
        let at_ms = self.traffic.now();
        if self.history.len() < MOST_LINES {
            self.history.push(Moved { url, at_ms });
        }
    }

    pub(super) fn scheduled(&mut self, p: &Value) {
        if p["frameId"] != self.main.as_str() {
            return;
        }
        let url = text(&p["url"]);
        self.announced.insert(self.main.clone(), Announced { reason: text(&p["reason"]), url: url.clone() });
        let delay =
            Duration::try_from_secs_f64(p["delay"].as_f64().unwrap_or_default().max(0.0)).unwrap_or(Duration::MAX);
        // A page that reloads itself now and then is not on its way anywhere.
        let stays = (url == self.page.url && delay > Duration::ZERO) || is_foreign(&url);
        self.due = if stays { None } else { Instant::now().checked_add(delay) };
    }

    pub(super) fn requested(&mut self, p: &Value) {
        let (frame, url) = (text(&p["frameId"]), text(&p["url"]));
        if self.announced.len() > MOST_LINES {
            self.announced.clear();
        }
        if is_foreign(&url) {
            self.app_link(&url, None);
        }
        let reason = text(&p["reason"]);
        // A refresh is announced twice: when it is scheduled, and when it is due under a less telling name.
        let refresh =
            self.announced.get(&frame).is_some_and(|before| before.reason.ends_with("Refresh") && before.url == url);
        if !refresh || reason.ends_with("Refresh") {
            self.announced.insert(frame, Announced { reason, url });
        }
    }
}
