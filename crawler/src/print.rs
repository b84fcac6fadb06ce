//! Prints a page of our own as PDF: by Chromium, which has the letters, and with no way out of it.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::browser::{CallError, Chromium, LaunchError};
use crate::options;

/// A long page takes its time on a busy machine.
const BOUND: Duration = Duration::from_secs(60);

/// The discard port of this machine, where nobody listens: the page has all that it needs with it.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);

/// Why a page was not printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    #[error(transparent)]
    Launch(#[from] LaunchError),
    #[error("print: {0}; try again, or see `postlink doctor` about the browser")]
    Called(String),
    #[error("the browser printed nothing that is a PDF")]
    NoPdf,
}

impl From<CallError> for PrintError {
    fn from(error: CallError) -> Self {
        Self::Called(error.to_string())
    }
}

/// The page as PDF, on the paper that its style names. Scripts do not run in it, and nothing is asked of any network.
pub async fn pdf(html: &str, browser: &options::Browser) -> Result<Vec<u8>, PrintError> {
    let chromium = Chromium::launch(browser).await?;
    let printed = printed(&chromium, html).await;
    chromium.stop().await;
    printed
}

async fn printed(chromium: &Chromium, html: &str) -> Result<Vec<u8>, PrintError> {
    let context = chromium.context(NOWHERE).await?;
    let tab = context.tab().await?;
    tab.tell("Runtime.runIfWaitingForDebugger", json!({}));
    tab.call("Emulation.setScriptExecutionDisabled", json!({"value": true}), BOUND).await?;
    let tree = tab.call("Page.getFrameTree", json!({}), BOUND).await?;
    let frame = &tree["frameTree"]["frame"]["id"];
    tab.call("Page.setDocumentContent", json!({"frameId": frame, "html": html}), BOUND).await?;
    let paper = json!({"printBackground": true, "preferCSSPageSize": true, "generateTaggedPDF": true});
    let answer = tab.call("Page.printToPDF", paper, BOUND).await?;
    tab.close();
    let bytes = answer["data"].as_str().and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default();
    if bytes.starts_with(b"%PDF-") { Ok(bytes) } else { Err(PrintError::NoPdf) }
}
