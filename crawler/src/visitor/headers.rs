//! What the visitor sends with a request for a document, in the order in which their browser sends it.

use serde_json::{Value, json};
use url::Url;

use super::{Engine, Visitor};

/// What Chromium accepts as a document.
const CHROMIUM_ACCEPTS: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";
/// The headers of a document that come first, in Chromium's order; what the network adds comes after all of them.
const FIRST: [&str; 6] =
    ["sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "upgrade-insecure-requests", "user-agent", "accept"];
/// What Safari accepts as a document.
const SAFARI_ACCEPTS: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

impl Visitor {
    /// `zh-CN,zh;q=0.9`, as Chromium and Safari write it.
    pub(crate) fn accept_language(&self) -> String {
        let weighted = self.languages.iter().enumerate().map(|(place, language)| match place {
            0 => language.clone(),
            _ => format!("{language};q=0.{}", 10_usize.saturating_sub(place).max(1)),
        });
        weighted.collect::<Vec<_>>().join(",")
    }

    /// The headers of a click over plain HTTP, in the browser's order: hints and their like only to secure places.
    pub(crate) fn headers(&self, url: &Url) -> Vec<(String, String)> {
        let secure = is_trustworthy(url);
        let headers = match self.engine {
            Engine::Safari => self.safari(url.scheme() == "https"),
            Engine::Chrome | Engine::WebView => self.chromium(secure),
        };
        headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect()
    }

    fn chromium(&self, secure: bool) -> Vec<(&str, String)> {
        let mut headers = Vec::new();
        if secure && !self.hints.brands.is_empty() {
            let brands = self.hints.brands.iter().map(|brand| format!("\"{}\";v=\"{}\"", brand.name, brand.major()));
            headers.push(("sec-ch-ua", brands.collect::<Vec<_>>().join(", ")));
            headers.push(("sec-ch-ua-mobile", if self.mobile { "?1" } else { "?0" }.to_owned()));
            headers.push(("sec-ch-ua-platform", format!("\"{}\"", self.hints.platform)));
        }
        headers.push(("upgrade-insecure-requests", "1".to_owned()));
        headers.push(("user-agent", self.agent()));
        headers.push(("accept", CHROMIUM_ACCEPTS.to_owned()));
        headers.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.clone())));
        if secure {
            let fetched = [("site", "none"), ("mode", "navigate"), ("user", "?1"), ("dest", "document")];
            let names = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-user", "sec-fetch-dest"];
            headers.extend(names.into_iter().zip(fetched).map(|(name, (_, value))| (name, value.to_owned())));
        }
        headers.extend(self.referer());
        headers.push(("accept-encoding", if secure { "gzip, deflate, br, zstd" } else { "gzip, deflate" }.to_owned()));
        headers.push(("accept-language", self.accept_language()));
        headers
    }

    fn safari(&self, https: bool) -> Vec<(&str, String)> {
        let mut headers = Vec::new();
        if https {
            headers.push(("sec-fetch-dest", "document".to_owned()));
        } else {
            headers.push(("upgrade-insecure-requests", "1".to_owned()));
        }
        headers.push(("user-agent", self.agent()));
        headers.push(("accept", SAFARI_ACCEPTS.to_owned()));
        headers.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.clone())));
        headers.extend(self.referer());
        if https {
            headers.push(("sec-fetch-site", "none".to_owned()));
            headers.push(("sec-fetch-mode", "navigate".to_owned()));
        }
        headers.push(("accept-language", self.accept_language()));
        headers.push(("accept-encoding", if https { "gzip, deflate, br" } else { "gzip, deflate" }.to_owned()));
        headers
    }

    fn referer(&self) -> Option<(&'static str, String)> {
        (!self.referrer.is_empty()).then(|| ("referer", self.referrer.clone()))
    }

    /// The headers with which a document is asked for, when they differ from what Chromium is about to send.
    ///
    /// `sent` is the request's headers as `Fetch.requestPaused` tells them; the result is what
    /// `Fetch.continueRequest` takes. Only documents: on other requests of a page an extra header would make Chromium
    /// ask servers for their consent first, which pages made for this visitor do not give.
    pub(crate) fn document_headers(&self, sent: &Value) -> Option<Vec<Value>> {
        let mut own: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if self.engine == Engine::Safari {
            own.extend([("Accept", SAFARI_ACCEPTS), ("Accept-Encoding", "gzip, deflate, br")]);
        }
        if own.is_empty() {
            return None;
        }
        let sent = sent.as_object()?.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
        let kept = sent.filter(|(name, _)| !own.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)));
        let mut all: Vec<(&str, &str)> = kept.chain(own.iter().copied()).collect();
        // The event tells them in no order; sorting is stable, so that what has no place of its own stays last.
        all.sort_by_key(|(name, _)| {
            FIRST.iter().position(|first| first.eq_ignore_ascii_case(name)).unwrap_or(FIRST.len())
        });
        Some(all.iter().map(|(name, value)| json!({"name": name, "value": value})).collect())
    }
}

/// Whether Chromium takes the place for one that can be trusted: https, and this machine itself.
fn is_trustworthy(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    url.scheme() == "https" || loopback
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visitor::tests::visitors;

    fn names(visitor: &str, url: &str) -> String {
        let headers = visitors()[visitor].headers(&Url::parse(url).expect("a url"));
        headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn plain_http_says_the_same_as_the_browser() {
        let headers = visitors()["android-douyin"].headers(&Url::parse("https://a.test/").expect("a url"));
        let value = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        assert_eq!(value("accept-language"), Some("zh-CN,zh;q=0.9,en-US;q=0.8,en;q=0.7"));
        assert_eq!(value("sec-ch-ua-mobile"), Some("?1"));
        assert_eq!(
            value("sec-ch-ua"),
            Some("\"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\", \"Android WebView\";v=\"156\"")
        );
        assert_eq!(value("x-requested-with"), Some("com.ss.android.ugc.aweme"));
    }

    #[test]
    fn an_insecure_place_is_told_less() {
        assert_eq!(
            names("desktop-chrome", "http://a.test/"),
            "upgrade-insecure-requests user-agent accept accept-encoding accept-language"
        );
        assert_eq!(
            names("desktop-chrome", "https://a.test/"),
            "sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform upgrade-insecure-requests user-agent accept \
             sec-fetch-site sec-fetch-mode sec-fetch-user sec-fetch-dest accept-encoding accept-language"
        );
        assert_eq!(
            names("ios-safari", "https://a.test/"),
            "sec-fetch-dest user-agent accept sec-fetch-site sec-fetch-mode accept-language accept-encoding"
        );
    }

    #[test]
    fn only_a_visitor_with_headers_of_their_own_changes_documents() {
        let sent = json!({"Accept": "text/html,*/*", "User-Agent": "me"});
        let changed = |name: &str| visitors()[name].document_headers(&sent);
        assert_eq!(changed("desktop-chrome"), None);
        let wechat = changed("android-wechat").expect("headers");
        let names = |headers: &[Value]| {
            headers.iter().filter_map(|one| one["name"].as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(names(&wechat), ["User-Agent", "Accept", "X-Requested-With"]);
        let safari = changed("ios-safari").expect("headers");
        assert_eq!(safari[0]["name"], "User-Agent");
        assert!(safari.iter().any(|header| header["value"] == SAFARI_ACCEPTS));
    }
}
