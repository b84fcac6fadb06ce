//! Complaints as people read them on a terminal, and programs as JSON.

use model::account::Sight;
use serde_json::{Value, json};
use storage::hearing::{ComplaintRow, Heard as _, Saying, WantedComplaints, Word};

use super::{clock, named};
use crate::cli::{ListComplaints, Which};
use crate::config;
use crate::exit::Ended;
use crate::stores::{self, on};

/// Characters of a text in a list.
const SHOWN: usize = 40;

pub(super) async fn list(list: ListComplaints) -> anyhow::Result<Ended> {
    let config = config::load(list.store.config.as_deref())?;
    let wanted = WantedComplaints {
        ad: list.ad,
        advertiser: list.advertiser,
        trade: list.trade,
        platform: list.platform,
        kind: list.kind,
        source: list.source,
        excluded: list.excluded.then_some(true),
        doubted: list.doubted.then_some(true),
        linked: list.no_ad.then_some(false),
        heeded: None,
        from: list.from,
        before: list.until,
        ..WantedComplaints::default()
    };
    let opened = stores::at(&list.store, &config, clock()).await?;
    let rows = on!(&opened, store => store.complaints(&Sight::default(), &wanted, None, list.most).await);
    opened.close().await;
    for row in &rows? {
        if list.json {
            println!("{}", told(row));
        } else {
            println!("{}", line(row));
        }
    }
    Ok(Ended::Clean)
}

pub(super) async fn show(which: Which, as_json: bool) -> anyhow::Result<Ended> {
    let config = config::load(which.store.config.as_deref())?;
    let opened = stores::at(&which.store, &config, clock()).await?;
    let found = on!(&opened, store => async {
        let row = named(store, &which).await?;
        let words = store.words_of(&row.key()).await?;
        Ok::<_, anyhow::Error>((row, words))
    }.await);
    opened.close().await;
    let (row, words) = found?;
    let words: Vec<Value> = words.iter().map(word).collect();
    if as_json {
        let mut told = told(&row);
        told["words"] = words.into();
        println!("{told}");
        return Ok(Ended::Clean);
    }
    println!("{}", line(&row));
    if !row.complaint.text.is_empty() {
        println!("\n{}\n", row.complaint.text);
    } else if row.forgotten {
        println!("\nwhat was said is not kept any more\n");
    }
    if let Some(label) = &row.label {
        println!("label    {} {:?}, sure to {:.2}", label.path.join(" / "), label.severity, label.confidence);
    }
    for told in &words {
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        println!("{}  {} by {}: {}", text("at"), text("word"), text("by"), text("why"));
    }
    Ok(Ended::Clean)
}

fn line(row: &ComplaintRow) -> String {
    let complaint = &row.complaint;
    let belongs = match (&row.belongs, &row.linked_by) {
        (Some(ad), Some(by)) if row.known => format!("ad {ad} (by {by})"),
        (Some(ad), _) => format!("unknown ad {ad}"),
        _ => "no ad".to_owned(),
    };
    let kind = row.label.as_ref().map_or("unlabelled", |label| label.path[1].as_str());
    let state = match (&row.excluded, &row.doubted) {
        (Some(excluded), _) => format!(", excluded: {}", excluded.rule),
        (None, Some(doubted)) => format!(", doubted: {}", doubted.rule),
        (None, None) => String::new(),
    };
    let text: String = complaint.text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
    let source = model::line::word(&complaint.source);
    let platform = complaint.platform.as_deref().unwrap_or("no platform");
    format!(
        "{}  {} ({platform}, {source}), {belongs}, {kind}{state}  {text}",
        complaint.at.format("%Y-%m-%dT%H:%M:%SZ"),
        complaint.id
    )
}

fn told(row: &ComplaintRow) -> Value {
    json!({
        "complaint": row.complaint,
        "belongs": row.belongs,
        "linked_by": row.linked_by,
        "via": row.via,
        "known": row.known,
        "advertiser": row.advertiser,
        "trade": row.trade,
        "label": row.label,
        "excluded": row.excluded,
        "doubted": row.doubted,
        "converted_at": row.converted_at,
        "forgotten": row.forgotten,
    })
}

fn word(word: &Word) -> Value {
    let (said, body) = match &word.word.saying {
        Saying::Exclude(exclusion) => ("exclude", json!(exclusion)),
        Saying::Doubt(exclusion) => ("doubt", json!(exclusion)),
        Saying::Restore => ("restore", Value::Null),
        Saying::Label(label) => ("label", json!(label)),
    };
    json!({
        "number": word.number,
        "at": word.at,
        "word": said,
        "by": word.word.by,
        "rule": word.word.by_rule,
        "why": word.word.why,
        "says": body,
    })
}
