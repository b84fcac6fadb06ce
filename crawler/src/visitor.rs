//! As whom we look: a declared identity, said the same way in headers, in scripts and over plain HTTP.

mod calls;
mod headers;
mod script;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A declared identity. Its name is its key in the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visitor {
    /// As configured; [`Visitor::agent`] is what is sent.
    pub user_agent: String,
    /// Where the operator says who looks; takes the place of `{about}` in the user agent. Empty says nothing.
    #[serde(default)]
    pub about: String,
    pub engine: Engine,
    /// Client hints; an empty list of brands sends none of them.
    pub hints: Hints,
    /// CSS pixels, width and height: where the page is laid out.
    pub viewport: (u32, u32),
    /// CSS pixels: the browser's window with its bars, as scripts read it.
    pub window: (u32, u32),
    /// CSS pixels: the whole screen.
    pub screen: (u32, u32),
    /// CSS pixels of the screen's height that the system keeps for itself.
    pub screen_kept: u32,
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
    /// Processor cores that scripts are told of.
    pub cores: u32,
    /// GB that scripts are told of; Safari tells them nothing.
    pub memory: u32,
    /// What WebGL names as its card: vendor and renderer.
    pub gpu: (String, String),
    /// The page that the click is said to come from; empty for a link opened out of an app.
    #[serde(default)]
    pub referrer: String,
    /// Sent with every document beside what a browser sends: `X-Requested-With` of a web view.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// What kind of browser the visitor says to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// Chromium within an Android app.
    WebView,
    Chrome,
    /// Safari of an iPhone.
    Safari,
}

/// What Chromium says of itself in `Sec-CH-UA` headers and `navigator.userAgentData`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hints {
    /// With full versions, in the order in which they are sent; the short list is made from it.
    pub brands: Vec<Brand>,
    /// `Android`, `Windows`
    pub platform: String,
    pub platform_version: String,
    /// Empty on a desktop.
    pub model: String,
    pub architecture: String,
    pub bitness: String,
    /// `Mobile`, `Desktop`
    pub form_factors: Vec<String>,
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
    /// The user agent as it is sent: with this program's version, and where to read about whoever looks.
    pub fn agent(&self) -> String {
        let about = if self.about.is_empty() { String::new() } else { format!("(+{})", self.about) };
        let filled = self.user_agent.replace("{version}", env!("CARGO_PKG_VERSION")).replace("{about}", &about);
        filled.trim_end().to_owned()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The visitors of the compiled-in configuration.
    pub(crate) fn visitors() -> BTreeMap<String, Visitor> {
        let config: toml::Table = include_str!("../../config.toml").parse().expect("the configuration");
        config["visitors"].clone().try_into().expect("visitors")
    }

    #[test]
    fn an_auditor_says_openly_who_looks() {
        let mut auditor = visitors()["auditor"].clone();
        let version = env!("CARGO_PKG_VERSION");
        assert!(auditor.agent().ends_with(&format!("Safari/537.36 postlink-auditor/{version}")), "{}", auditor.agent());
        auditor.about = "https://audit.example/".to_owned();
        assert!(auditor.agent().ends_with(&format!("postlink-auditor/{version} (+https://audit.example/)")));
    }

    #[test]
    fn no_visitor_names_a_headless_browser_or_another_time_s_brands() {
        for (name, visitor) in visitors() {
            assert!(!visitor.agent().to_lowercase().contains("headless"), "{name}");
            let Some(chromium) = visitor.hints.brands.iter().find(|brand| brand.name == "Chromium") else {
                assert_eq!(visitor.engine, Engine::Safari, "{name}");
                continue;
            };
            // Chromium shuffles its brands, and greases them, by its version: 156 is Not:A-Brand 8 in front.
            let version: usize = chromium.major().parse().expect("a version");
            let grease = [" ", "(", ":", "-", ".", "/", ")", ";", "=", "?", "_"];
            let greased = format!("Not{}A{}Brand", grease[version % 11], grease[(version + 1) % 11]);
            let order = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]][version % 6];
            let brand = &visitor.hints.brands[order[0]];
            assert_eq!(
                (brand.name.as_str(), brand.major()),
                (greased.as_str(), ["8", "99", "24"][version % 3]),
                "{name}"
            );
            assert_eq!(visitor.hints.brands[order[1]].name, "Chromium", "{name}");
            assert!(visitor.agent().contains(&format!("Chrome/{version}.")), "{name}");
        }
    }
}
