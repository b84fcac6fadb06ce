//! Reads addresses that lead out of the browser: into an app, a mini program, a store. Nothing is launched.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use model::chain::App;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// Characters of an address that are read.
const MOST_CHARS: usize = 8_192;
/// Addresses in addresses deeper than this are not read.
const MOST_DEPTH: u8 = 4;
/// Schemes that stay in the browser, or are talk.
const NO_APP: [&str; 22] = [
    "http",
    "https",
    "ws",
    "wss",
    "ftp",
    "file",
    "data",
    "blob",
    "about",
    "javascript",
    "vbscript",
    "view-source",
    "chrome",
    "chrome-error",
    "filesystem",
    "tel",
    "mailto",
    "sms",
    "smsto",
    "mms",
    "callto",
    "facetime",
];

/// The apps of `apps.toml`.
pub(super) static APPS: LazyLock<Apps> =
    LazyLock::new(|| toml::from_str(include_str!("apps.toml")).expect("internal error: `apps.toml` is well formed"));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Apps {
    schemes: BTreeMap<String, String>,
    packages: BTreeMap<String, String>,
    hosts: BTreeMap<String, String>,
    parameters: Parameters,
    pub(super) spoken: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    address: Vec<String>,
    package: Vec<String>,
}

/// The app that an address opens; none for an ordinary web page.
pub(crate) fn read(url: &str) -> Option<App> {
    read_at(url.trim(), 0)
}

fn read_at(url: &str, depth: u8) -> Option<App> {
    if depth > MOST_DEPTH || url.is_empty() || url.len() > MOST_CHARS {
        return None;
    }
    if let Some(name) = url.strip_prefix("#小程序://") {
        let package = name.split(['/', ' ']).next().filter(|name| !name.is_empty()).map(str::to_owned);
        return Some(app("weixin", Some("微信".to_owned()), package, None));
    }
    let (scheme, rest) = split(url)?;
    match scheme.as_str() {
        "http" | "https" => store(url, depth),
        "intent" => Some(intent(rest, depth)),
        "android-app" => Some(android_app(rest)),
        "x-safari-https" | "googlechromes" => Some(other_browser(&scheme, rest, "https")),
        "x-safari-http" => Some(other_browser(&scheme, rest, "http")),
        "googlechrome" if !rest.starts_with("//navigate") => Some(other_browser(&scheme, rest, "http")),
        "microsoft-edge" => Some(app(&scheme, scheme_name(&scheme), None, web(&decoded(rest)))),
        // What it installs from is a list of files, no page for people.
        "itms-services" => Some(app(&scheme, scheme_name(&scheme), None, None)),
        "itms" | "itms-apps" | "itms-appss" | "itms-beta" => Some(app(
            &scheme,
            scheme_name(&scheme),
            number(rest),
            Some(format!("https:{rest}")).filter(|_| rest.starts_with("//")),
        )),
        _ => Some(plain(&scheme, rest, depth)),
    }
}

fn app(scheme: &str, name: Option<String>, package: Option<String>, fallback: Option<String>) -> App {
    App { scheme: scheme.to_owned(), name, package, fallback }
}

/// The scheme, and what follows its colon. What has no `//` is an address only by a scheme that is known.
fn split(url: &str) -> Option<(String, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let letters = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '.' | '-');
    let well_formed = scheme.len() <= 60
        && scheme.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && scheme.chars().all(letters);
    let web = matches!(scheme.as_str(), "http" | "https");
    let other = !NO_APP.contains(&scheme.as_str());
    let known = scheme == "intent" || APPS.schemes.contains_key(&scheme);
    (well_formed && (web || (other && (known || rest.starts_with("//"))))).then_some((scheme, rest))
}

fn scheme_name(scheme: &str) -> Option<String> {
    APPS.schemes.get(scheme).cloned().or_else(|| {
        let longest = APPS.schemes.iter().filter(|(known, _)| known.len() >= 5 && scheme.starts_with(known.as_str()));
        longest.max_by_key(|(known, _)| known.len()).map(|(_, name)| name.clone())
    })
}

fn package_name(package: &str) -> Option<String> {
    APPS.packages.get(&package.to_ascii_lowercase()).cloned()
}

/// `scheme://…?…`: the app by its scheme, package and web address by its parameters.
fn plain(scheme: &str, rest: &str, depth: u8) -> App {
    let parameters = parameters(rest);
    let market = matches!(
        scheme,
        "market"
            | "mimarket"
            | "oppomarket"
            | "vivomarket"
            | "appmarket"
            | "hiapplink"
            | "samsungapps"
            | "oaps"
            | "tmast"
            | "honormarket"
    );
    let path_package = rest
        .trim_start_matches('/')
        .split(['?', '#', '/'])
        .find(|part| part.matches('.').count() >= 2 && !part.contains(':'));
    let package = if market || APPS.packages.contains_key(path_package.unwrap_or_default()) {
        package(&parameters).or_else(|| path_package.map(str::to_owned))
    } else {
        None
    };
    let fallback = fallback(&parameters, depth);
    // A scheme that nobody knows can still carry an app that is known.
    let inner = || package.as_deref().and_then(package_name);
    let name = scheme_name(scheme).or_else(inner);
    app(scheme, name, package, fallback)
}

/// `intent://host/path#Intent;scheme=…;package=…;S.browser_fallback_url=…;end`
fn intent(rest: &str, depth: u8) -> App {
    let (address, extras) = rest.split_once("#Intent;").or_else(|| rest.split_once("Intent;")).unwrap_or((rest, ""));
    let extra = |name: &str| {
        let found = extras.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        found.map(decoded).filter(|value| !value.is_empty())
    };
    let (scheme, package) = (extra("scheme").map(|scheme| scheme.to_ascii_lowercase()), extra("package"));
    let inner = scheme.as_deref().map(|scheme| format!("{scheme}:{address}"));
    let named = extra("S.browser_fallback_url").and_then(|url| web(&url));
    let inside = || inner.as_deref().and_then(|inner| web(inner).or_else(|| read_at(inner, depth + 1)?.fallback));
    let name = package.as_deref().and_then(package_name).or_else(|| scheme.as_deref().and_then(scheme_name));
    app("intent", name, package, named.or_else(inside))
}

/// `android-app://package/scheme/host/path`
fn android_app(rest: &str) -> App {
    let mut parts = rest.trim_start_matches('/').splitn(3, '/');
    let package = parts.next().filter(|package| !package.is_empty()).map(str::to_owned);
    let (scheme, path) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let fallback = web(&format!("{scheme}://{path}"));
    let name = package.as_deref().and_then(package_name).or_else(|| scheme_name(scheme));
    app("android-app", name, package, fallback)
}

/// A page handed over to another browser.
fn other_browser(scheme: &str, rest: &str, web_scheme: &str) -> App {
    app(scheme, scheme_name(scheme), None, web(&format!("{web_scheme}:{rest}")))
}

/// A web address that only hands over.
fn store(url: &str, depth: u8) -> Option<App> {
    let parsed = Url::parse(url).ok()?;
    let host = parsed.host_str()?.to_ascii_lowercase();
    let place = format!("{host}{}", parsed.path());
    let is = |known: &str| place == known || place.strip_prefix(known).is_some_and(|rest| rest.starts_with('/'));
    let (known, name) = APPS.hosts.iter().find(|(known, _)| is(known))?;
    let front = !known.contains('/') && parsed.path() == "/" && parsed.query().is_none();
    // The front page of a store is a page to read, and an app's own page on TapTap and the like says what it is.
    if front && host != "wxaurl.cn" {
        return None;
    }
    let parameters = parameters(url);
    let last = parsed.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let in_path = if last.matches('.').count() >= 1 { Some(last.to_owned()) } else { number(parsed.path()) };
    let dotted = |package: &String| package.contains('.') && !package.ends_with(".html") && !package.ends_with(".jsp");
    let package = package(&parameters)
        .or(in_path.filter(|package| dotted(package) || package.bytes().all(|b| b.is_ascii_digit())));
    // Alipay's hand-over pages carry the app link in a parameter.
    let inner =
        parameters.iter().find_map(|(_, value)| read_at(value, depth + 1).filter(|inner| inner.scheme != "https"));
    Some(app(parsed.scheme(), Some(name.clone()), package, inner.and_then(|inner| inner.fallback)))
}

/// Name and value, decoded once; a JSON object counts by its own names.
fn parameters(rest: &str) -> Vec<(String, String)> {
    let query = rest.split_once('?').map_or(rest, |(_, query)| query);
    let mut found = Vec::new();
    for pair in query.split(['&', ';']).take(60) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decoded(value);
        if value.starts_with('{') {
            let whole = query.split_once(&format!("{name}=")).map(|(_, whole)| decoded(whole));
            let json = serde_json::from_str(&value).ok().or_else(|| serde_json::from_str(&whole?).ok());
            if let Some(json) = json {
                found.extend(named(&json, 0));
            }
        }
        found.push((decoded(name), value));
    }
    found
}

fn named(json: &Value, depth: u8) -> Vec<(String, String)> {
    let Value::Object(object) = json else { return Vec::new() };
    let mut found = Vec::new();
    for (name, value) in object.iter().take(60) {
        match value {
            Value::String(value) => found.push((name.clone(), value.clone())),
            inner if depth < MOST_DEPTH => found.extend(named(inner, depth + 1)),
            _ => {}
        }
    }
    found
}

fn package(parameters: &[(String, String)]) -> Option<String> {
    let found = APPS
        .parameters
        .package
        .iter()
        .find_map(|name| parameters.iter().find(|(own, value)| own == name && !value.is_empty()));
    found.map(|(_, value)| value.trim_start_matches("id").to_owned()).filter(|value| value.len() <= 200)
}

/// The web address among the parameters: by its name, in an address inside, or the only one there is.
fn fallback(parameters: &[(String, String)], depth: u8) -> Option<String> {
    let by_name = APPS.parameters.address.iter().flat_map(|name| parameters.iter().filter(move |(own, _)| own == name));
    by_name.chain(parameters).find_map(|(_, value)| address_in(value, depth))
}

fn address_in(value: &str, depth: u8) -> Option<String> {
    let mut value = value.to_owned();
    for _ in 0..3 {
        if let Some(address) = web(&value) {
            return Some(address);
        }
        if value.contains("://") || value.starts_with("intent:") {
            return read_at(&value, depth + 1)?.fallback;
        }
        let inner = if value.starts_with('{') { serde_json::from_str::<Value>(&value).ok() } else { None };
        if let Some(json) = inner.filter(|_| depth < MOST_DEPTH) {
            return fallback(&named(&json, 0), depth + 1);
        }
        value = decoded(&value);
    }
    None
}

fn web(address: &str) -> Option<String> {
    let parsed = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    parsed.host_str().filter(|host| host.contains('.')).map(|_| address.to_owned())
}

/// The number of an app in Apple's store: `id123456`, or the longest row of digits.
fn number(path: &str) -> Option<String> {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let by_id = path
        .match_indices("id")
        .map(|(at, _)| digits(path[at + 2..].trim_start_matches('=')))
        .find(|found| found.len() >= 6);
    by_id.or_else(|| path.split('/').map(digits).find(|found| found.len() >= 6))
}

/// `%41` to `A`, once.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests;
