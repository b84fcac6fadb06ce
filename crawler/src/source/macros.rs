//! Click macros that no platform has filled, because nobody really clicked: `__CLICKID__`, `{TS}`, `{{IDFA}}`, `${CLICK_URL}`.
//!
//! A tracker that meets one knows that nobody clicked, and may show another page or none. So each is filled: truthfully
//! where there is a truth, with a declared value where an identifier is asked for, so that the visit can be told from
//! those of people; and what would be made up about a person or a device is left empty.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use url::form_urlencoded::byte_serialize;

/// The declared value of every identifier: a server's log can be searched for it.
pub const AUDIT: &str = "postlink-audit";

/// What is true of the visit for which macros are filled.
#[derive(Clone, Copy, Debug)]
pub struct Truth<'a> {
    /// Milliseconds since 1970.
    pub now_ms: i64,
    /// As the visitor sends it.
    pub user_agent: &'a str,
    /// The address from which the visit comes, where the operator has said so.
    pub address: Option<IpAddr>,
    /// Where the advertiser says that the click leads.
    pub landing_url: Option<&'a str>,
}

/// A URL with its macros filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    pub url: String,
    /// In the order of the URL.
    pub macros: Vec<Macro>,
}

/// One macro, and what stands in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Macro {
    /// As it was written: `__TS__`.
    pub written: String,
    /// Empty where nothing true can be said.
    pub value: String,
}

/// The shapes in which platforms write macros, their braces percent-encoded or not; a lone `[…]` only as a whole value.
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    let name = "[A-Za-z][A-Za-z0-9]*(?:[_.][A-Za-z0-9]+)*";
    let (open, close) = (r"(?:\{|%7[Bb])", r"(?:\}|%7[Dd])");
    let shapes = format!(
        r"__(?P<under>{name})__|(?:\$|%24)?{open}{{1,2}}(?P<brace>{name}){close}{{1,2}}|%%(?P<percent>{name})%%|=(?P<square>(?:\[|%5[Bb])(?P<inner>[A-Z][A-Z0-9_]+)(?:\]|%5[Dd]))"
    );
    Regex::new(&shapes).expect("internal error: the shapes are tested")
});

/// Fills the macros of a click URL. A URL without any comes back as it was.
pub fn fill(url: &str, truth: &Truth<'_>) -> Filled {
    let mut macros = Vec::new();
    let filled = SHAPES.replace_all(url, |found: &Captures<'_>| {
        let whole = found.get(0).map_or("", |whole| whole.as_str());
        let Some(name) = ["under", "brace", "percent", "inner"].iter().find_map(|name| found.name(name)) else {
            return whole.to_owned();
        };
        if found.name("under").is_some() && !stands_alone(url, found) {
            return whole.to_owned();
        }
        let written = found.name("square").map_or(whole, |square| square.as_str());
        let value = value(name.as_str(), truth);
        macros.push(Macro { written: written.to_owned(), value: value.clone() });
        whole.replacen(written, &value, 1)
    });
    let url = filled.into_owned();
    Filled { url, macros }
}

/// Whether nothing else is written on to it: `__` also stands within identifiers that are values already.
fn stands_alone(url: &str, found: &Captures<'_>) -> bool {
    let Some(whole) = found.get(0) else { return false };
    let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    // What follows `%2F` is not joined to its F.
    let before = &url[..whole.start()];
    let encoded =
        before.len() >= 3 && before.is_char_boundary(before.len() - 3) && before[before.len() - 3..].starts_with('%');
    (encoded || !before.ends_with(joins)) && !url[whole.end()..].starts_with(joins)
}

fn value(name: &str, truth: &Truth<'_>) -> String {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let escaped = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    match plain.as_str() {
        "TS" | "TIME" | "TIMESTAMP" | "CLICKTIME" | "EVENTTIME" | "REQTIME" | "MILLIS" | "TMS" => {
            truth.now_ms.to_string()
        }
        "TSSEC" | "TSS" | "UNIXTIME" | "CLICKTIMESEC" | "TIMESTAMPSEC" => (truth.now_ms / 1_000).to_string(),
        // Any number does; chance is an argument, and the clock is one already.
        "CACHEBUSTER" | "CACHEBUSTING" | "RANDOM" | "RND" | "RAND" | "ORD" | "NONCE" => {
            truth.now_ms.rem_euclid(100_000_000).to_string()
        }
        "IP" | "IPV4" | "CLIENTIP" | "USERIP" => {
            truth.address.filter(IpAddr::is_ipv4).map(|address| address.to_string()).unwrap_or_default()
        }
        "IPV6" => {
            truth.address.filter(IpAddr::is_ipv6).map(|address| escaped(&address.to_string())).unwrap_or_default()
        }
        "UA" | "UA1" | "USERAGENT" => escaped(truth.user_agent),
        // As the platforms number them: 0 Android, 1 iOS, 3 anything else.
        "OS" | "OSTYPE" | "PLATFORM" => os(truth.user_agent).to_owned(),
        "LPURL" | "LANDINGURL" | "LANDINGPAGE" | "TARGETURL" | "UNESCAPEDLPURL" => {
            truth.landing_url.map(escaped).unwrap_or_default()
        }
        "GDPR" => "0".to_owned(),
        _ if is_personal(&plain) => String::new(),
        _ => AUDIT.to_owned(),
    }
}

fn os(user_agent: &str) -> &'static str {
    match user_agent {
        agent if agent.contains("Android") => "0",
        agent if agent.contains("iPhone") || agent.contains("iPad") => "1",
        _ => "3",
    }
}

/// What only a real device, person or consent has; and addresses to which conversions would be reported.
fn is_personal(plain: &str) -> bool {
    const DEVICE: [&str; 16] = [
        "IMEI",
        "IDFA",
        "IDFV",
        "OAID",
        "GAID",
        "CAID",
        "ANDROIDID",
        "OPENUDID",
        "UDID",
        "MAC",
        "MUID",
        "DEVICEID",
        "AAID",
        "ADVERTISINGID",
        "PHONE",
        "EMAIL",
    ];
    const PLACE: [&str; 6] = ["GEO", "LAT", "LATITUDE", "LON", "LNG", "LONGITUDE"];
    // `IMEI_MD5`, `IDFA_SUM`, `MAC1` are forms of the same.
    DEVICE.iter().any(|device| plain.strip_prefix(device).is_some_and(is_form))
        || PLACE.contains(&plain)
        || plain.contains("CONSENT")
        || (plain.contains("URL") && !plain.ends_with("ID"))
        || plain == "CALLBACK"
        || plain == "IGNORE"
}

fn is_form(rest: &str) -> bool {
    rest.chars().all(|c| c.is_ascii_digit()) || ["MD5", "SUM", "SHA1", "SHA256", "RAW", "HASH"].contains(&rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: &str = "Mozilla/5.0 (Linux; Android 16)";

    fn truth() -> Truth<'static> {
        Truth {
            now_ms: 1_800_000_000_123,
            user_agent: AGENT,
            address: Some([203, 0, 113, 7].into()),
            landing_url: Some("https://land.test/a?b=1"),
        }
    }

    fn filled(url: &str) -> String {
        fill(url, &truth()).url
    }

    #[test]
    fn what_is_true_is_said_and_what_is_not_is_declared_or_left_empty() {
        assert_eq!(
            filled(
                "https://t.test/c?os=__OS__&imei=__IMEI__&idfa=__IDFA__&time=__TS__&ip=__IP__&callback_param=__CALLBACK_PARAM__&ua=__UA__"
            ),
            "https://t.test/c?os=0&imei=&idfa=&time=1800000000123&ip=203.0.113.7&callback_param=postlink-audit&ua=Mozilla%2F5.0%20%28Linux%3B%20Android%2016%29"
        );
        assert_eq!(
            filled(
                "https://t.test/c?imei={IMEI_SUM}&idfa={{IDFA}}&m={{IMEI_MD5}}&time={TS}&cb={CALLBACK_URL}&aid={{IDEA_ID}}"
            ),
            "https://t.test/c?imei=&idfa=&m=&time=1800000000123&cb=&aid=postlink-audit"
        );
    }

    #[test]
    fn every_shape_of_a_macro_is_known() {
        for (written, becomes) in [
            ("https://a.test/?ttclid=__CLICKID__", "https://a.test/?ttclid=postlink-audit"),
            ("https://a.test/?subid5=ttclid(__CLICKID__)", "https://a.test/?subid5=ttclid(postlink-audit)"),
            ("https://a.test/?m=__device_id__&c=__callback_param__", "https://a.test/?m=&c=postlink-audit"),
            (
                "https://a.test/?gclid={gclid}&to={lpurl}",
                "https://a.test/?gclid=postlink-audit&to=https%3A%2F%2Fland.test%2Fa%3Fb%3D1",
            ),
            ("https://a.test/?c={{campaign.id}}", "https://a.test/?c=postlink-audit"),
            (
                "https://a.test/?g=${GDPR}&s=${GDPR_CONSENT_755}&x=${AUCTION_ID}",
                "https://a.test/?g=0&s=&x=postlink-audit",
            ),
            ("https://a.test/?x=%7B%7BIDFA%7D%7D&c=%7BCLICK_ID%7D", "https://a.test/?x=&c=postlink-audit"),
            ("https://a.test/?r=%%CACHEBUSTER%%", "https://a.test/?r=123"),
            ("https://a.test/?r=[CACHEBUSTING]&t=%5BTIMESTAMP%5D", "https://a.test/?r=123&t=1800000000123"),
            ("https://a.test/p/__CID__/x#__TS__", "https://a.test/p/postlink-audit/x#1800000000123"),
            (
                "https://a.test/?to=https%3A%2F%2Fb.test%2F__CID__%2F",
                "https://a.test/?to=https%3A%2F%2Fb.test%2Fpostlink-audit%2F",
            ),
        ] {
            assert_eq!(filled(written), becomes);
        }
    }

    #[test]
    fn what_only_looks_like_a_macro_is_left_alone() {
        for url in [
            "https://mp.test/s?__biz=MzA5__MTI&mid=1",
            "https://a.test/?token=abc__DEF__ghi",
            "https://a.test/?q=%7B%22a%22:1%7D&json={\"a\":1}",
            "https://a.test/?filter[NAME]=x&list[]=2",
            "https://a.test/{3F2504E0-4F89-11D3}/",
            "https://a.test/100%25%25off?____",
            "https://a.test/普通?价格=19元",
        ] {
            assert_eq!(fill(url, &truth()), Filled { url: url.to_owned(), macros: Vec::new() });
        }
    }

    #[test]
    fn what_was_filled_is_told_in_order() {
        let told = fill("https://a.test/?a=__CLICKID__&b={{MAC}}&c=__IPV6__&d=[TS]", &truth()).macros;
        let told: Vec<_> = told.iter().map(|one| (one.written.as_str(), one.value.as_str())).collect();
        assert_eq!(told, [("__CLICKID__", AUDIT), ("{{MAC}}", ""), ("__IPV6__", ""), ("[TS]", "1800000000123")]);
    }

    #[test]
    fn nobody_s_address_is_made_up() {
        let unknown = Truth { address: None, landing_url: None, ..truth() };
        assert_eq!(fill("https://a.test/?ip=__IP__&to={lpurl}", &unknown).url, "https://a.test/?ip=&to=");
    }
}
