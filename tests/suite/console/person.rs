//! Somebody in front of the console: a browser's cookies, and the forms of the pages as they are there.

use anyhow::{Context as _, Result, ensure};
use scraper::{Html, Selector};
use ureq::Agent;
use ureq::http::{Response, StatusCode};

/// Stands between the parts of a form.
const BOUNDARY: &str = "postlink-test-boundary";

/// Keeps cookies, and goes where it is sent.
pub(crate) struct Person {
    agent: Agent,
    base: String,
    /// `name=value; name=value`
    cookies: String,
    /// Of the session's forms.
    csrf: String,
}

/// What came back, without following it.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) body: String,
    /// The same, where it is no text.
    pub(crate) bytes: Vec<u8>,
}

impl Person {
    /// Somebody who is not signed in.
    pub(crate) fn nobody(base: &str) -> Self {
        // A connection on which the server refused a body is closed by it, and good for nothing more.
        let config =
            Agent::config_builder().max_redirects(0).http_status_as_error(false).max_idle_connections(0).build();
        Self { agent: config.into(), base: base.to_owned(), cookies: String::new(), csrf: String::new() }
    }

    pub(crate) fn sign_in(base: &str, name: &str, password: &str) -> Result<Self> {
        let mut person = Self::nobody(base);
        let answer = person.send("/login", &[("name", name), ("password", password)])?;
        ensure!(answer.status == 303, "{name} cannot sign in: {} {}", answer.status, answer.body);
        let cookie = answer.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok()).context("a cookie")?;
        person.cookies = cookie.split(';').next().unwrap_or_default().to_owned();
        let account = person.get("/account")?;
        let page = Html::parse_document(&account.body);
        let field = Selector::parse("input[name=csrf]").expect("a selector");
        let field = page.select(&field).next().and_then(|field| field.attr("value")).context("no form on the page")?;
        person.csrf = field.to_owned();
        Ok(person)
    }

    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        answer(self.agent.get(format!("{}{path}", self.base)).header("cookie", &self.cookies).call()?)
    }

    /// Sends a form of a page, with its secret.
    pub(crate) fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        self.send(path, &[fields, &[("csrf", &self.csrf)]].concat())
    }

    /// Sends a form with files: field, what it is called where it comes from, what is in it.
    pub(crate) fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Result<Answer> {
        let mut body = Vec::new();
        for (name, value) in [&[("csrf", self.csrf.as_str())], fields].concat() {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        for (name, called, bytes) in files {
            let said = format!("form-data; name=\"{name}\"; filename=\"{called}\"");
            let head = format!("--{BOUNDARY}\r\nContent-Disposition: {said}\r\nContent-Type: image/png\r\n\r\n");
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        }
        body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        let request = self.agent.post(format!("{}{path}", self.base)).header("cookie", &self.cookies);
        let form = format!("multipart/form-data; boundary={BOUNDARY}");
        answer(request.header("content-type", form).send(&body[..])?)
    }

    /// Sends these fields and no others, as a page of another site would have a browser do.
    pub(crate) fn send(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        self.send_with(path, fields, &[])
    }

    pub(crate) fn send_with(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Result<Answer> {
        let mut request = self.agent.post(format!("{}{path}", self.base)).header("cookie", &self.cookies);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(request.send_form(fields.iter().copied())?)
    }

    /// Sends what is no form of this console's: whether it is let through.
    pub(crate) fn with_csrf(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Result<Answer> {
        self.send_with(path, &[fields, &[("csrf", &self.csrf)]].concat(), headers)
    }
}

fn answer(mut response: Response<ureq::Body>) -> Result<Answer> {
    let headers = response.headers().clone();
    let location = headers.get("location").and_then(|location| location.to_str().ok()).map(ToOwned::to_owned);
    let status: StatusCode = response.status();
    let bytes = response.body_mut().read_to_vec()?;
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Answer { status: status.as_u16(), location, headers, body, bytes })
}
