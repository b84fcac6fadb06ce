//! The due-diligence dossier of the ads of cases.

use std::collections::{BTreeMap, BTreeSet};

use console::documents::{
    Against, Approved, Decision, Dossier, DossierAd, Given, Look, PageFact, Party, Ruled, Since, Watch,
};
use model::ad::{Advertiser, ApprovedLanding};
use serde_json::Value;

use super::ledger::{confirmed, gap};
use super::taken::SeenPage;
use super::{Made, Taken};
use console::told::local;
use model::line::word;

/// What an investigator asks of an advertiser, and under which names ads give it.
const ASKED: [(&str, &[&str]); 5] = [
    ("credit_code", &["credit_code", "unified_social_credit_code", "registration_number", "licence"]),
    ("address", &["address", "registered_address"]),
    ("contact", &["contact", "contact_person"]),
    ("phone", &["phone", "telephone", "mobile"]),
    ("email", &["email", "e_mail"]),
];
/// Changed sentences that are shown of each kind.
const MOST_SHOWN: usize = 5;
/// Characters of each.
const LONGEST_SHOWN: usize = 80;

/// What was decided, by case.
pub(super) type Decisions = BTreeMap<String, Vec<Decision>>;

/// `history` are all cases of the ads, oldest first.
pub(super) fn dossier(history: &[Taken], decisions: &Decisions, made: &Made<'_>) -> anyhow::Result<Dossier> {
    // Two platforms may have given the same id to two companies.
    type Who = (Option<String>, Option<String>);
    let mut parties: BTreeMap<Who, BTreeMap<&str, Vec<&Taken>>> = BTreeMap::new();
    for case in history {
        let id = case.line.ad.advertiser.as_ref().and_then(|advertiser| advertiser.id.clone());
        parties.entry((id, case.line.ad.platform.clone())).or_default().entry(&case.line.ad_id).or_default().push(case);
    }
    let parties = parties.into_iter().map(|((id, platform), ads)| {
        let latest = ads.values().flatten().max_by_key(|case| case.stored.number);
        Party {
            id,
            platform,
            given: given(latest.and_then(|case| case.line.ad.advertiser.as_ref())),
            ads: ads.values().filter_map(|cases| ad(cases, decisions, made)).collect(),
        }
    });
    Ok(Dossier { parties: parties.collect(), head: made.head("dossier", "D")? })
}

/// What the ad's data says of its advertiser; what is asked for and not there has no value.
fn given(advertiser: Option<&Advertiser>) -> Vec<Given> {
    let nobody = Advertiser::default();
    let advertiser = advertiser.unwrap_or(&nobody);
    let field = |field: &str, value: Option<String>| Given { field: field.to_owned(), value };
    let mut given = vec![
        field("id", advertiser.id.clone()),
        field("name", advertiser.name.clone()),
        field("legal_name", advertiser.legal_name.clone()),
        field("industry", advertiser.industry.clone()),
    ];
    let mut told = BTreeSet::new();
    for (name, keys) in ASKED {
        let key = keys.iter().find(|key| advertiser.extra.contains_key(**key));
        told.extend(key.copied());
        given.push(field(name, key.and_then(|key| advertiser.extra.get(*key)).map(text)));
    }
    let others = advertiser.extra.iter().filter(|(key, _)| !told.contains(key.as_str()));
    given.extend(others.map(|(key, value)| field(key, Some(text(value)))));
    given
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn ad(cases: &[&Taken], decisions: &Decisions, made: &Made<'_>) -> Option<DossierAd> {
    let latest = cases.last()?;
    let ad = &latest.line.ad;
    let mut page_facts = Vec::new();
    for (_, page) in latest.line.chains.iter().filter_map(|chain| latest.landing(&chain.visitor)) {
        for fact in &page.facts {
            let told = PageFact { kind: word(&fact.kind), text: fact.text.clone(), url: page.url.clone() };
            let known = |one: &PageFact| one.kind == told.kind && one.text == told.text;
            if !page_facts.iter().any(known) {
                page_facts.push(told);
            }
        }
    }
    Some(DossierAd {
        ad_id: ad.ad_id.clone(),
        title: latest.title(),
        platform: ad.platform.clone(),
        click_url: ad.click_url.clone(),
        landing_url: ad.landing_url.clone(),
        approved: ad.approved_landing.as_ref().map(approved),
        looks: cases.iter().map(|case| look(case, made)).collect(),
        watch: watch(cases),
        page_facts,
        decisions: cases
            .iter()
            .filter_map(|case| decisions.get(case.stored.case_id.as_str()))
            .flatten()
            .cloned()
            .collect(),
    })
}

fn approved(page: &ApprovedLanding) -> Approved {
    Approved {
        url: page.url.clone(),
        title: page.title.clone(),
        characters: page.text.as_ref().map(|text| text.chars().count()),
        sha256: page.sha256.clone(),
        at: page.at.clone(),
    }
}

fn look(case: &Taken, made: &Made<'_>) -> Look {
    let ruled = |line: &model::line::ViolationLine| Ruled {
        title: made.packs.rule(&line.pack, &line.rule).map(|rule| rule.title().clone()).unwrap_or_default(),
        rule: line.rule.clone(),
        pack: line.pack.clone(),
        severity: word(&line.severity),
    };
    Look {
        case_id: case.stored.case_id.to_string(),
        opened_at: local(case.line.opened_at),
        sealed_at: local(case.stored.sealed_at),
        visitors: case.line.chains.iter().map(|chain| chain.visitor.clone()).collect(),
        reconfirmed: case.reconfirmed().map(confirmed),
        pages: case.looked_at().count(),
        deepest: case.deepest(),
        verdict: case.line.verdict.clone(),
        violations: case.line.violations.iter().map(ruled).collect(),
        gaps: case.line.gaps.iter().map(gap).collect(),
        manifest: case.stored.manifest.to_string(),
    }
}

/// The landing page on every look, each beside the same visitor's look before.
fn watch(cases: &[&Taken]) -> Vec<Watch> {
    let mut before: BTreeMap<&str, &SeenPage> = BTreeMap::new();
    let mut watch = Vec::new();
    for case in cases {
        for chain in &case.line.chains {
            let Some((id, page)) = case.landing(&chain.visitor) else { continue };
            let mark = chain.reconfirmed.as_ref();
            watch.push(Watch {
                at: local(mark.map_or(page.captured_at, |mark| mark.at)),
                case_id: case.stored.case_id.to_string(),
                visitor: chain.visitor.clone(),
                url: page.url.clone(),
                title: page.title.clone(),
                sentences: page.sentences.len(),
                text_sha256: page.text.to_string(),
                snapshot: mark.map_or(*id, |mark| mark.snapshot).to_string(),
                reconfirmed: mark.map(confirmed),
                against: case.line.ad.approved_landing.as_ref().map(|approved| against(page, approved)),
                since: before.get(chain.visitor.as_str()).map(|earlier| since(page, earlier)),
            });
            before.insert(&chain.visitor, page);
        }
    }
    watch
}

fn against(page: &SeenPage, approved: &ApprovedLanding) -> Against {
    let told = |given: Option<bool>| given.map_or("not-given", |same| if same { "same" } else { "other" }).to_owned();
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let seen = plain(&page.sentences.concat());
    Against {
        url: told(approved.url.as_ref().map(|url| *url == page.url)),
        title: told(approved.title.as_ref().map(|title| plain(title) == plain(&page.title))),
        text: told(approved.text.as_ref().map(|text| plain(text) == seen)),
    }
}

fn since(page: &SeenPage, earlier: &SeenPage) -> Since {
    let only = |these: &SeenPage, those: &SeenPage| -> Vec<String> {
        let those: BTreeSet<_> = those.sentences.iter().collect();
        these.sentences.iter().filter(|sentence| !those.contains(sentence)).cloned().collect()
    };
    let (added, gone) = (only(page, earlier), only(earlier, page));
    let more = added.len().saturating_sub(MOST_SHOWN) + gone.len().saturating_sub(MOST_SHOWN);
    let shown = |all: Vec<String>| all.into_iter().take(MOST_SHOWN).map(cut).collect();
    Since {
        url: page.url != earlier.url,
        title: page.title != earlier.title,
        added: shown(added),
        gone: shown(gone),
        more,
    }
}

fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
