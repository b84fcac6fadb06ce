//! A browser as far as signing in needs one: cookies of several hosts, redirects, and the forms of the provider's pages.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use scraper::{Html, Selector};
use ureq::Agent;
use url::Url;

/// Longer ways go round in circles.
const MOST: usize = 20;

pub(super) struct Browser {
    agent: Agent,
    language: &'static str,
    /// By host and port, and then by name.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) headers: ureq::http::HeaderMap,
    pub(super) body: String,
    /// Where it was asked for.
    pub(super) at: String,
}

impl Browser {
    pub(super) fn new() -> Self {
        let config =
            Agent::config_builder().max_redirects(0).http_status_as_error(false).max_idle_connections(0).build();
        Self { agent: config.into(), language: "en", cookies: BTreeMap::new() }
    }

    pub(super) fn speaking(self, language: &'static str) -> Self {
        Self { language, ..self }
    }

    pub(super) fn cookie(&self, url: &str, name: &str) -> Option<String> {
        self.cookies.get(&host(url).ok()?)?.get(name).cloned()
    }

    pub(super) fn keep(&mut self, url: &str, name: &str, value: &str) {
        let jar = self.cookies.entry(host(url).expect("an address")).or_default();
        jar.insert(name.to_owned(), value.to_owned());
    }

    pub(super) fn get(&mut self, url: &str) -> Result<Answer> {
        let request = self.agent.get(url).header("cookie", self.sent(url)?).header("accept-language", self.language);
        let answer = request.call()?;
        self.taken(url, answer)
    }

    pub(super) fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let request = self.agent.post(url).header("cookie", self.sent(url)?).header("accept-language", self.language);
        let answer = request.send_form(fields.iter().copied())?;
        self.taken(url, answer)
    }

    /// Signs in by the provider's pages, and comes to where that leads.
    pub(super) fn sign_in(&mut self, console: &str, name: &str, next: &str) -> Result<Answer> {
        let back = self.until_back(console, name, next)?;
        self.through(&back)
    }

    /// Does so until the provider sends back to the console, and gives that address, unasked.
    pub(super) fn until_back(&mut self, console: &str, name: &str, next: &str) -> Result<String> {
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let mut at = format!("{console}/login/provider?next={next}");
        let callback = format!("{console}/login/callback");
        for _ in 0..MOST {
            let answer = self.get(&at)?;
            let to = match answer.location {
                Some(to) => to,
                None => self.fills_in(&at, &answer.body, name)?,
            };
            at = Url::parse(&at)?.join(&to)?.into();
            if at.starts_with(&callback) {
                return Ok(at);
            }
        }
        bail!("it leads nowhere: {at}")
    }

    /// Goes to the provider, and says no.
    pub(super) fn breaks_off(&mut self, console: &str) -> Result<Answer> {
        let mut at = format!("{console}/login/provider");
        while let Some(to) = self.get(&at)?.location {
            at = Url::parse(&at)?.join(&to)?.into();
        }
        self.through(&format!("{at}/abort"))
    }

    /// Goes wherever it is sent.
    pub(super) fn through(&mut self, url: &str) -> Result<Answer> {
        let mut at = url.to_owned();
        for _ in 0..MOST {
            let answer = self.get(&at)?;
            let Some(to) = &answer.location else { return Ok(answer) };
            at = Url::parse(&at)?.join(to)?.into();
        }
        bail!("it leads nowhere: {at}")
    }

    /// What stands in the form of a page for its secret.
    pub(super) fn csrf(page: &str) -> Result<String> {
        let field = Selector::parse("input[name=csrf]").expect("a selector");
        let page = Html::parse_document(page);
        let value = page.select(&field).next().and_then(|field| field.attr("value")).context("no form")?;
        Ok(value.to_owned())
    }

    /// Fills in the provider's page, which asks for a name or for consent; gives where it sends to.
    fn fills_in(&mut self, at: &str, page: &str, name: &str) -> Result<String> {
        let (action, prompt) = {
            let page = Html::parse_document(page);
            let attribute = |selector: &str, name: &str| -> Result<String> {
                let selector = Selector::parse(selector).expect("a selector");
                let found = page.select(&selector).next().and_then(|element| element.attr(name));
                found.map(ToOwned::to_owned).with_context(|| format!("no {name} at {at}: {}", page.html()))
            };
            (attribute("form", "action")?, attribute("input[name=prompt]", "value")?)
        };
        let to: String = Url::parse(at)?.join(&action)?.into();
        let fields: &[_] = match prompt.as_str() {
            "login" => &[("prompt", "login"), ("login", name), ("password", "any")],
            _ => &[("prompt", "consent")],
        };
        let answer = self.post(&to, fields)?;
        answer.location.with_context(|| format!("{prompt}: {} {}", answer.status, answer.body))
    }

    fn sent(&self, url: &str) -> Result<String> {
        let jar = self.cookies.get(&host(url)?).into_iter().flatten();
        Ok(jar.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; "))
    }

    fn taken(&mut self, url: &str, mut answer: ureq::http::Response<ureq::Body>) -> Result<Answer> {
        let headers = answer.headers().clone();
        let jar = self.cookies.entry(host(url)?).or_default();
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str()?;
            let (name, value) = cookie.split(';').next().and_then(|first| first.split_once('=')).context("a cookie")?;
            ensure!(!name.is_empty(), "{cookie}");
            // Cookies are taken back by an empty one here, and by one that is over there.
            if value.is_empty() {
                jar.remove(name)
            } else {
                jar.insert(name.to_owned(), value.to_owned())
            };
        }
        let location = headers.get("location").and_then(|location| location.to_str().ok()).map(ToOwned::to_owned);
        let status = answer.status().as_u16();
        let body = String::from_utf8_lossy(&answer.body_mut().read_to_vec()?).into_owned();
        Ok(Answer { status, location, headers, body, at: url.to_owned() })
    }
}

fn host(url: &str) -> Result<String> {
    let url = Url::parse(url)?;
    Ok(format!("{}:{}", url.host_str().context("a host")?, url.port_or_known_default().context("a port")?))
}
