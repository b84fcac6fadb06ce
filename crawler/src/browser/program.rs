//! Which program is the browser, and with which switches it starts.

use std::path::{Path, PathBuf};

/// The usual places, best first: the headless shell costs about half of the full browser.
const PLACES: [&str; 9] = [
    "/usr/lib/chromium/chromium-headless-shell",
    "/usr/lib/chromium-browser/chromium-headless-shell",
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome-stable",
    "/usr/bin/google-chrome",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
];

#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    #[error("no Chromium was found; looked in {}. Install it (`apt-get install chromium`), or name the program in `browser.path`", PLACES.join(", "))]
    Anywhere,
    #[error(
        "`browser.path` names {0}, and there is no such file; correct it, or leave it empty to look in the usual places"
    )]
    There(PathBuf),
}

/// The configured program, or the first of the usual places where there is one.
pub fn find(configured: &str) -> Result<PathBuf, NotFound> {
    if !configured.is_empty() {
        let path = PathBuf::from(configured);
        return if path.is_file() { Ok(path) } else { Err(NotFound::There(path)) };
    }
    PLACES.iter().map(PathBuf::from).find(|path| path.is_file()).ok_or(NotFound::Anywhere)
}

/// Whether this is the small browser without windows.
pub(crate) fn is_headless_shell(program: &Path) -> bool {
    program.file_name().is_some_and(|name| {
        name.to_string_lossy().contains("headless-shell") || name.to_string_lossy().contains("headless_shell")
    })
}

/// Features that are off: those that open connections of their own (WebRTC asks for names by multicast), and those that
/// load pages nobody went to.
const FEATURES_OFF: &str = "--disable-features=IsolateOrigins,site-per-process,BackForwardCache,Prerender2,SpeculationRulesPrefetchFuture,\
    OptimizationHints,MediaRouter,DialMediaRouteProvider,Translate,AcceptCHFrame,CertificateTransparencyComponentUpdater,\
    AutofillServerCommunication,InterestFeedContentSuggestions,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,\
    WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,PreloadTopChromeWebUI,WebRtcHideLocalIpsWithMdns";

/// The languages of the browser itself. Where a visitor has others they are overridden, which puts them in an unusual
/// place among the headers.
pub(crate) const ACCEPT_LANGUAGE: &str = "zh-CN,zh;q=0.9,en-US;q=0.8,en;q=0.7";

/// As what the browser asks for scripts of service workers, where no visitor can be told: plainly, and not as headless.
const USER_AGENT: &str = "--user-agent=Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36";

/// The browser's switches.
///
/// - The browser's own proxy leads to the discard port: whatever is not part of a visit finds no way out. Each visit
///   brings its own guard, as its context's proxy.
/// - Frames of other sites share their page's process (`IsolateOrigins,site-per-process` off), so that one
///   snapshot holds what they show; a visit's processes are its own either way.
pub(crate) fn switches() -> Vec<String> {
    let languages = format!("--accept-lang={ACCEPT_LANGUAGE}");
    let switches = [
        &languages,
        USER_AGENT,
        // A mouse, as on a desktop; visitors with fingers have them emulated.
        "--blink-settings=primaryPointerType=4,availablePointerTypes=4,primaryHoverType=2,availableHoverTypes=2",
        "--proxy-server=socks5://127.0.0.1:9",
        "--proxy-bypass-list=<-loopback>",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--disable-quic",
        // Names are the guard's to resolve: Chromium itself finds none, whoever asks (WebRTC, prefetching).
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        "--dns-prefetch-disable",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-component-extensions-with-background-pages",
        "--disable-domain-reliability",
        "--disable-client-side-phishing-detection",
        "--disable-default-apps",
        "--disable-extensions",
        "--disable-sync",
        "--disable-breakpad",
        "--disable-dev-shm-usage",
        "--disable-hang-monitor",
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
        "--disable-site-isolation-trials",
        "--disable-blink-features=AutomationControlled",
        "--disable-notifications",
        "--deny-permission-prompts",
        "--force-color-profile=srgb",
        "--font-render-hinting=none",
        "--hide-scrollbars",
        "--metrics-recording-only",
        "--mute-audio",
        "--no-default-browser-check",
        "--no-service-autorun",
        "--password-store=basic",
        "--use-mock-keychain",
        FEATURES_OFF,
    ];
    switches.map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = find("/nowhere/chromium").expect_err("not there").to_string();
        assert!(error.contains("/nowhere/chromium") && error.contains("browser.path"), "{error}");
        assert!(NotFound::Anywhere.to_string().contains("apt-get install chromium"));
    }

    #[test]
    fn the_browser_has_no_way_out_of_its_own() {
        let switches = switches();
        for needed in ["--proxy-server=socks5://127.0.0.1:9", "--proxy-bypass-list=<-loopback>", "--disable-quic"] {
            assert!(switches.iter().any(|switch| switch == needed), "{needed}");
        }
    }
}
