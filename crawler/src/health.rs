//! Whether a fresh browser sees what a person would: looked at on a page of our own before it looks at anybody else's.
//!
//! A browser without Chinese letters, without a picture, or with a way round the guard brings proof that proves nothing.

use std::sync::Arc;
use std::time::Duration;

use model::snapshot::{Health, Looked};
use model::units::Clock;
use serde_json::{Value, json};

use crate::browser::{CallError, Chromium, Tab};
use crate::guard::{Gate, Guard};

const BOUND: Duration = Duration::from_secs(10);
/// An address that belongs to nobody (RFC 5737): the guard must refuse it, whatever else it allows.
const NOBODY: &str = "http://192.0.2.1/";
/// Draws a Chinese letter and one that no font has, and compares them.
const LETTERS: &str = "(() => { const draw = letter => { const c = document.createElement('canvas'); c.width = c.height = 48; \
     const p = c.getContext('2d'); p.font = '40px sans-serif'; p.fillText(letter, 2, 40); \
     return Array.from(p.getImageData(0, 0, 48, 48).data).join() }; \
     const shown = draw('\\u6c49'); return shown !== draw('\\u{10fffe}') && shown !== draw('\\u5b57') && shown !== draw(' ') })()";

/// Looks at a browser that was just started; what cannot be looked at is not well.
pub(crate) async fn of(browser: &Chromium, guard: &Arc<Guard>, clock: &Clock) -> Health {
    let at = clock();
    let looked = look(browser, guard).await;
    Health {
        at,
        looked: looked.unwrap_or_else(|error| vec![Looked { what: "browser".into(), well: false, detail: error }]),
    }
}

async fn look(browser: &Chromium, guard: &Arc<Guard>) -> Result<Vec<Looked>, String> {
    let words = |error: CallError| error.to_string();
    let gate =
        Gate::open(Arc::clone(guard), None).await.map_err(|error| format!("the guard cannot listen: {error}"))?;
    let context = browser.context(gate.at()).await.map_err(words)?;
    let tab = context.tab().await.map_err(words)?;
    tab.tell("Runtime.runIfWaitingForDebugger", json!({}));
    let looked = vec![
        said("script", script(&tab).await),
        said("letters", letters(&tab).await),
        said("picture", picture(&tab).await),
        said("guard", guarded(&tab, &gate).await),
    ];
    tab.close();
    Ok(looked)
}

fn said(what: &str, found: Result<String, String>) -> Looked {
    let well = found.is_ok();
    Looked { what: what.to_owned(), well, detail: found.unwrap_or_else(|wrong| wrong) }
}

async fn evaluate(tab: &Tab, script: &str) -> Result<Value, String> {
    let asked = json!({"expression": script, "returnByValue": true, "awaitPromise": true, "silent": true});
    let mut answer = tab.call("Runtime.evaluate", asked, BOUND).await.map_err(|error| error.to_string())?;
    Ok(answer["result"]["value"].take())
}

async fn script(tab: &Tab) -> Result<String, String> {
    match evaluate(tab, "[1, 2, 3].map(n => n * n).join()").await? {
        Value::String(squares) if squares == "1,4,9" => Ok("scripts run".to_owned()),
        other => Err(format!("a script gave {other}")),
    }
}

async fn letters(tab: &Tab) -> Result<String, String> {
    match evaluate(tab, LETTERS).await? {
        Value::Bool(true) => Ok("Chinese letters are drawn as such".to_owned()),
        Value::Bool(false) => {
            Err("Chinese letters are drawn as boxes; install a font such as fonts-noto-cjk".to_owned())
        }
        other => Err(format!("the letters could not be drawn: {other}")),
    }
}

/// A page in one colour, then in another: two pictures that differ.
async fn picture(tab: &Tab) -> Result<String, String> {
    let mut pictures = Vec::new();
    for colour in ["#c00", "#00c"] {
        evaluate(tab, &format!("document.documentElement.style.background = '{colour}'")).await?;
        let shot = tab.call("Page.captureScreenshot", json!({"format": "png", "optimizeForSpeed": true}), BOUND).await;
        let shot = shot.map_err(|error| error.to_string())?;
        pictures.push(shot["data"].as_str().unwrap_or_default().to_owned());
    }
    if pictures[0].is_empty() || pictures[0] == pictures[1] {
        return Err("pictures of the screen do not show what is on it".to_owned());
    }
    Ok("pictures show what is on the screen".to_owned())
}

/// Last, since it takes the page away.
async fn guarded(tab: &Tab, gate: &Gate) -> Result<String, String> {
    let answer = tab.call("Page.navigate", json!({"url": NOBODY}), BOUND).await.map_err(|error| error.to_string())?;
    match gate.journal().why_not(NOBODY) {
        Some(trouble) if answer["errorText"].is_string() => Ok(trouble.to_string()),
        _ => Err(format!("{NOBODY} was asked for and the guard did not refuse it")),
    }
}
