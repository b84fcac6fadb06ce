//! What makes a browser tab, and its workers, this visitor.

use serde_json::{Value, json};

use super::{Brand, Engine, Visitor};
use crate::browser::ACCEPT_LANGUAGE;

impl Visitor {
    /// The calls that make a browser tab this visitor, in this order.
    pub(crate) fn calls(&self) -> Vec<(&'static str, Value)> {
        let ((width, height), (screen_width, screen_height)) = (self.viewport, self.screen);
        let portrait = json!({"type": if height >= width {"portraitPrimary"} else {"landscapePrimary"}, "angle": 0});
        vec![
            ("Emulation.setUserAgentOverride", self.identity()),
            (
                "Emulation.setDeviceMetricsOverride",
                json!({"width": width, "height": height, "screenWidth": screen_width, "screenHeight": screen_height,
                       "deviceScaleFactor": self.scale, "mobile": self.mobile, "screenOrientation": portrait}),
            ),
            (
                "Emulation.setTouchEmulationEnabled",
                json!({"enabled": self.touch, "maxTouchPoints": if self.touch {5} else {1}}),
            ),
            ("Emulation.setTimezoneOverride", json!({"timezoneId": self.time_zone})),
            ("Emulation.setLocaleOverride", json!({"locale": self.languages.first()})),
            ("Emulation.setHardwareConcurrencyOverride", json!({"hardwareConcurrency": self.cores})),
            ("Emulation.setFocusEmulationEnabled", json!({"enabled": true})),
            // Told to scripts, and not imposed: without it a round trip takes 0 ms, as it does for no visitor.
            (
                "Network.overrideNetworkState",
                json!({"offline": false, "latency": 50, "downloadThroughput": 1_250_000, "uploadThroughput": 1_250_000,
                       "connectionType": "wifi"}),
            ),
            ("Page.addScriptToEvaluateOnNewDocument", json!({"source": self.script(), "runImmediately": true})),
        ]
    }

    /// What `Page.navigate` takes for the click of this visitor.
    ///
    /// With a referrer Chromium says still that nobody sent it (`Sec-Fetch-Site: none`).
    pub(crate) fn click(&self, url: &str, referrer: Option<&str>) -> Value {
        let mut click = json!({"url": url});
        if let Some(referrer) = referrer {
            click["referrer"] = referrer.into();
        }
        if self.engine == Engine::Safari {
            // As a link Chromium sends no `Sec-Fetch-User`, which Safari does not know.
            click["transitionType"] = "link".into();
        }
        click
    }

    /// The calls that make a worker this visitor's while it waits to be told to go on.
    pub(crate) fn worker_calls(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("Emulation.setUserAgentOverride", self.identity()),
            // What a shared or service worker itself asks for; it knows no emulation.
            ("Network.setUserAgentOverride", self.identity()),
            ("Emulation.setHardwareConcurrencyOverride", json!({"hardwareConcurrency": self.cores})),
            ("Runtime.evaluate", json!({"expression": self.script(), "silent": true})),
        ]
    }

    fn identity(&self) -> Value {
        let mut identity = json!({"userAgent": self.agent(), "platform": self.navigator_platform});
        // Chromium puts an overridden language where no browser has it: not without need.
        if self.accept_language() != ACCEPT_LANGUAGE {
            identity["acceptLanguage"] = self.languages.join(",").into();
        }
        if !self.hints.brands.is_empty() {
            identity["userAgentMetadata"] = self.metadata();
        }
        identity
    }

    pub(super) fn metadata(&self) -> Value {
        let hints = &self.hints;
        let list = |version: fn(&Brand) -> &str| -> Vec<Value> {
            hints.brands.iter().map(|brand| json!({"brand": brand.name, "version": version(brand)})).collect()
        };
        json!({
            "brands": list(Brand::major),
            "fullVersionList": list(|brand| &brand.version),
            "fullVersion": hints.brands.iter().find(|brand| brand.name == "Chromium").map(|brand| &brand.version),
            "platform": hints.platform,
            "platformVersion": hints.platform_version,
            "architecture": hints.architecture,
            "bitness": hints.bitness,
            "model": hints.model,
            "mobile": self.mobile,
            "wow64": false,
            "formFactors": hints.form_factors,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::visitor::tests::visitors;

    #[test]
    fn a_visitor_without_brands_sends_no_hints() {
        for (name, visitor) in visitors() {
            let calls = visitor.calls();
            let (_, identity) =
                calls.iter().find(|(method, _)| *method == "Emulation.setUserAgentOverride").expect("an identity");
            assert_eq!(identity.get("userAgentMetadata").is_none(), name == "ios-safari", "{name}");
            assert_eq!(identity["userAgent"], visitor.agent(), "{name}");
        }
    }
}
