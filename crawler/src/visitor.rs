//! As whom we look: a declared identity, said the same way in headers, in scripts and over plain HTTP.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What Chromium accepts as a document.
const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";

/// A declared identity. Its name is its key in the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visitor {
    pub user_agent: String,
    /// Client hints; an empty list of brands sends none of them.
    pub hints: Hints,
    /// CSS pixels, width and height.
    pub viewport: (u32, u32),
    /// Device pixels to one CSS pixel.
    pub scale: f64,
    pub touch: bool,
    /// Whether pages are laid out as on a phone (`<meta name=viewport>` counts).
    pub mobile: bool,
    /// Preferred first: `["zh-CN", "zh"]`.
    pub languages: Vec<String>,
    /// IANA name: `Asia/Shanghai`.
    pub time_zone: String,
    /// `navigator.platform`
    pub navigator_platform: String,
}

/// What Chromium says of itself in `Sec-CH-UA` headers and `navigator.userAgentData`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hints {
    /// With full versions; the short list is made from it.
    pub brands: Vec<Brand>,
    /// `Android`, `Windows`
    pub platform: String,
    pub platform_version: String,
    /// Empty on a desktop.
    pub model: String,
    pub architecture: String,
    pub bitness: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    pub name: String,
    /// Full: `156.0.8078.79`
    pub version: String,
}

impl Brand {
    fn major(&self) -> &str {
        self.version.split('.').next().unwrap_or_default()
    }
}

impl Visitor {
    /// The calls that make a browser tab this visitor.
    pub(crate) fn calls(&self) -> Vec<(&'static str, Value)> {
        let (width, height) = self.viewport;
        let portrait = json!({"type": if height >= width {"portraitPrimary"} else {"landscapePrimary"}, "angle": 0});
        let mut identity = json!({
            "userAgent": self.user_agent,
            "acceptLanguage": self.languages.join(","),
            "platform": self.navigator_platform,
        });
        if !self.hints.brands.is_empty() {
            identity["userAgentMetadata"] = self.metadata();
        }
        vec![
            ("Emulation.setUserAgentOverride", identity),
            (
                "Emulation.setDeviceMetricsOverride",
                json!({"width": width, "height": height, "screenWidth": width, "screenHeight": height,
                       "deviceScaleFactor": self.scale, "mobile": self.mobile, "screenOrientation": portrait}),
            ),
            (
                "Emulation.setTouchEmulationEnabled",
                json!({"enabled": self.touch, "maxTouchPoints": if self.touch {5} else {1}}),
            ),
            ("Emulation.setTimezoneOverride", json!({"timezoneId": self.time_zone})),
            ("Emulation.setLocaleOverride", json!({"locale": self.languages.first()})),
            ("Emulation.setFocusEmulationEnabled", json!({"enabled": true})),
        ]
    }

    fn metadata(&self) -> Value {
        let hints = &self.hints;
        let list = |version: fn(&Brand) -> &str| -> Vec<Value> {
            hints.brands.iter().map(|brand| json!({"brand": brand.name, "version": version(brand)})).collect()
        };
        json!({
            "brands": list(Brand::major),
            "fullVersionList": list(|brand| &brand.version),
            "platform": hints.platform,
            "platformVersion": hints.platform_version,
            "architecture": hints.architecture,
            "bitness": hints.bitness,
            "model": hints.model,
            "mobile": self.mobile,
            "wow64": false,
        })
    }

    /// `zh-CN,zh;q=0.9`, as Chromium writes it.
    pub(crate) fn accept_language(&self) -> String {
        let weighted = self.languages.iter().enumerate().map(|(place, language)| match place {
            0 => language.clone(),
            _ => format!("{language};q=0.{}", 10_usize.saturating_sub(place).max(1)),
        });
        weighted.collect::<Vec<_>>().join(",")
    }

    /// The headers of a click over plain HTTP, as the browser would send them: hints only to secure places.
    pub(crate) fn headers(&self, secure: bool) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if secure && !self.hints.brands.is_empty() {
            let brands = self.hints.brands.iter().map(|brand| format!("\"{}\";v=\"{}\"", brand.name, brand.major()));
            headers.push(("sec-ch-ua", brands.collect::<Vec<_>>().join(", ")));
            headers.push(("sec-ch-ua-mobile", if self.mobile { "?1" } else { "?0" }.to_owned()));
            headers.push(("sec-ch-ua-platform", format!("\"{}\"", self.hints.platform)));
        }
        headers.extend([
            ("upgrade-insecure-requests", "1".to_owned()),
            ("user-agent", self.user_agent.clone()),
            ("accept", ACCEPT.to_owned()),
            ("accept-language", self.accept_language()),
        ]);
        headers
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The two visitors of the compiled-in configuration.
    pub(crate) const VISITORS: &str = include_str!("../tests/visitors.toml");

    fn visitors() -> std::collections::BTreeMap<String, Visitor> {
        toml::from_str(VISITORS).expect("two visitors")
    }

    #[test]
    fn visitors_are_data_and_name_no_headless_browser() {
        for (name, visitor) in visitors() {
            assert!(!visitor.user_agent.to_lowercase().contains("headless"), "{name}");
            assert!(visitor.calls().iter().any(|(method, _)| *method == "Emulation.setUserAgentOverride"));
        }
        assert!(visitors()["android-douyin"].user_agent.contains(" aweme_"));
    }

    #[test]
    fn plain_http_says_the_same_as_the_browser() {
        let headers = visitors()["android-douyin"].headers(true);
        let value = |wanted: &str| headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str());
        assert_eq!(value("accept-language"), Some("zh-CN,zh;q=0.9,en-US;q=0.8,en;q=0.7"));
        assert_eq!(value("sec-ch-ua-mobile"), Some("?1"));
        assert_eq!(
            value("sec-ch-ua"),
            Some("\"Android WebView\";v=\"156\", \"Chromium\";v=\"156\", \"Not=A?Brand\";v=\"24\"")
        );
    }
}
