//! `postlink eval`: how good the checks are on ads whose truth is known.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::Utc;
use crawler::source;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use model::ad::Ad;
use model::case::Case;
use model::evidence::EvidenceId;
use model::units::Clock;
use storage::sqlite;
use tokio::runtime::Handle;

use crate::cli::Eval;
use crate::commands::check::{creative_print, visitors};
use crate::config;
use crate::eval::baseline::{self, Overlap};
use crate::eval::score::{Examined, Score, Tally};
use crate::eval::table;
use crate::eval::truth::{Truth, Word};
use crate::exit::{Ended, Refused};
use crate::memory::{Remembering, Shelf};
use crate::pipeline;
use crate::progress::Progress;
use crate::tools::Tools;

pub(crate) async fn run(eval: Eval) -> anyhow::Result<Ended> {
    let config = config::load(eval.config.as_deref())?.judged_by(eval.policies.clone());
    let visitors = visitors(&eval.visitors, &config)?;
    let set = read(&eval)?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let store = Arc::new(sqlite::open(&eval.out, clock.clone()).await.context("open the folder given with --out")?);
    let memory = Remembering { shelf: Shelf::Store(Arc::clone(&store)), runtime: Handle::current(), anew: false };
    let tools = Tools::ready(&config, visitors, clock, memory).await?;
    let examined = all(set, &eval, &tools, config.check.at_once).await;
    if let Some(tools) = Arc::into_inner(tools) {
        tools.crawler.stop().await;
    }
    if let Some(store) = Arc::into_inner(store) {
        store.close().await;
    }
    let (examined, took) = examined?;
    let text = told(&examined, &took);
    std::fs::write(eval.out.join("eval.md"), &text).context("write eval.md")?;
    print!("{text}");
    Ok(Ended::Clean)
}

/// The ads of the set, with the truth taken out of them.
fn read(eval: &Eval) -> anyhow::Result<Vec<(Ad, Truth)>> {
    let ads = source::read(&eval.set).map_err(|error| Refused::Usage(error.to_string()))?;
    if let Some(bad) = ads.bad.first() {
        return Err(Refused::Usage(format!("{}:{}: {}", eval.set.display(), bad.line, bad.reason)).into());
    }
    let mut set = Vec::new();
    for mut ad in ads.ads {
        let truth = Truth::taken_from(&mut ad)?;
        if eval.split.as_ref().is_none_or(|split| *split == truth.split) {
            set.push((ad, truth));
        }
    }
    if set.is_empty() {
        return Err(Refused::Usage(format!("{} has no ad of that split", eval.set.display())).into());
    }
    Ok(set)
}

/// Examines every ad, and gives how long each comparison took.
async fn all(
    set: Vec<(Ad, Truth)>,
    eval: &Eval,
    tools: &Arc<Tools>,
    at_once: usize,
) -> anyhow::Result<(Vec<Examined>, Vec<Duration>)> {
    let looks = eval.out.join("looks");
    std::fs::create_dir_all(&looks).with_context(|| format!("make {}", looks.display()))?;
    let progress = Progress::over(set.len(), 0);
    let examine = async |(ad, truth): (Ad, Truth)| {
        let began = Instant::now();
        let case = look(ad, eval, &looks, tools).await?;
        progress.finished(&case, began.elapsed());
        anyhow::Ok((case, truth))
    };
    let seen: Vec<_> = stream::iter(set).map(examine).buffered(at_once.max(1)).try_collect().await?;
    progress.end();
    let mut took = Vec::with_capacity(seen.len());
    let mut examined = Vec::with_capacity(seen.len());
    for (mut case, truth) in seen {
        let began = Instant::now();
        pipeline::compare(&mut case, &tools.words);
        pipeline::judge(&mut case, Vec::new(), tools);
        took.push(began.elapsed());
        pipeline::put_right(&mut case, tools);
        examined.push(Examined { truth, case });
    }
    Ok((examined, took))
}

/// What was seen of an ad: as it was kept by an earlier run, else by looking now.
///
/// What was seen does not depend on the checks, so that a change in them needs no second look.
async fn look(ad: Ad, eval: &Eval, looks: &Path, tools: &Arc<Tools>) -> anyhow::Result<Case> {
    let folder = eval.set.parent().unwrap_or(Path::new(""));
    let kept = looks.join(name(&ad, folder, &tools.looking.visitors));
    if !eval.again
        && let Ok(bytes) = std::fs::read(&kept)
    {
        return serde_json::from_slice(&bytes).with_context(|| format!("read {}: remove it", kept.display()));
    }
    let case = pipeline::look(ad, folder, tools).await.case;
    std::fs::write(&kept, serde_json::to_vec(&case)?).with_context(|| format!("write {}", kept.display()))?;
    Ok(case)
}

/// The file that holds what was seen of this very ad, with these creatives, as these visitors.
fn name(ad: &Ad, folder: &Path, visitors: &[String]) -> PathBuf {
    let creatives = ad.creatives.iter().flat_map(|creative| [&creative.path, &creative.subtitles]).flatten();
    let prints: Vec<_> = creatives.map(|path| creative_print(&folder.join(path))).collect();
    let parts = serde_json::to_vec(&(ad, prints, visitors)).expect("internal error: an ad is plain data");
    format!("{}.json", EvidenceId::of(&parts).hex()).into()
}

/// The tables for each split, and what went wrong in all that may be looked at.
fn told(examined: &[Examined], took: &[Duration]) -> String {
    let of = |split: &str| examined.iter().filter(|one| one.truth.split == split).collect::<Vec<_>>();
    let mut splits: Vec<&str> = examined.iter().map(|one| one.truth.split.as_str()).collect();
    splits.sort_unstable();
    splits.dedup();
    let tuned = Overlap::tuned_on(&of(splits[0]));
    let mut text = String::new();
    for split in &splits {
        let ads = of(split);
        let score = Score::of(ads.iter().copied());
        let baselines = [
            ("postlink", misleading(&ads)),
            ("keywords", baseline::keywords(&ads)),
            ("pairs of characters", tuned.of(&ads)),
        ];
        text.push_str(&table::of(split, ads.len(), &score, &baselines));
        text.push('\n');
    }
    text.push_str(&by_part(examined));
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    let ms = |at: usize| sorted[at].as_secs_f64() * 1000.0;
    let last = sorted.len() - 1;
    text.push_str(&format!(
        "\nComparing and judging one ad: median {:.1} ms, slowest {:.1} ms.\n",
        ms(last / 2),
        ms(last)
    ));
    text.push_str(&table::fixes(examined.iter().map(|one| &one.case)));
    text.push_str(&format!("\n## What went wrong\n\n{}", table::faults(&Score::of(examined))));
    text
}

/// How each maker, language, style and trade fares.
fn by_part(examined: &[Examined]) -> String {
    type Part = fn(&Truth) -> &str;
    let parts: [(&str, Part); 4] = [
        ("maker", |truth| &truth.maker),
        ("language", |truth| &truth.language),
        ("style", |truth| &truth.style),
        ("trade", |truth| &truth.trade),
    ];
    let mut text =
        String::from("## By part\n\n| part | ads | precision | recall | honest left alone |\n|---|---|---|---|---|\n");
    for (title, part) in parts {
        let mut names: Vec<_> = examined.iter().map(|one| part(&one.truth)).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let ads: Vec<_> = examined.iter().filter(|one| part(&one.truth) == name).collect();
            let score = Score::of(ads.iter().copied());
            let all = score.all();
            let shown = |part: Option<f64>| part.map_or("–".to_owned(), |part| format!("{part:.3}"));
            text.push_str(&format!(
                "| {title} {name} | {} | {} | {} | {} |\n",
                ads.len(),
                shown(all.precision()),
                shown(all.recall()),
                shown(score.honest.part())
            ));
        }
    }
    text
}

/// Whether each ad is called misleading at all, as the baselines are asked.
fn misleading(ads: &[&Examined]) -> Tally {
    let mut tally = Tally::default();
    for one in ads.iter().filter(|one| one.truth.verdict != Word::Inconclusive) {
        tally.add(!one.case.violations.is_empty(), one.truth.verdict == Word::Violating);
    }
    tally
}
