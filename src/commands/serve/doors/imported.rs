//! A file of ads that was sent by a page: what can be taken is taken, and of every other line it is said why not.

use std::collections::BTreeMap;
use std::io::Write as _;

use console::doors::{AdsFile, Imported};
use crawler::source;
use model::ad::Ad;
use model::evidence::EvidenceId;
use storage::library::{AdFile, MOST_AT_ONCE};

use super::Behind;
use super::archive::Archive;
use crate::commands::import::{new_ad, trackers};
use crate::creatives::{inside, named, uploaded};
use crate::fleet::Base;

/// Ids that begin so are given out here.
const PREVIEW: &str = "preview-";

pub(super) async fn imported<S: Base>(behind: &Behind<S>, file: AdsFile) -> anyhow::Result<Imported> {
    let mut told = Imported::default();
    let (bytes, mut archive) = match unpacked(file.bytes) {
        Ok(unpacked) => unpacked,
        Err(why) => {
            told.refuse(1, why);
            return Ok(told);
        }
    };
    let mut ads = if is_json(&bytes) { json_lines(&bytes, &mut told)? } else { csv_rows(&bytes, &mut told) };
    ads.retain_mut(|(line, ad)| match refusal(ad, file.platform.as_deref()) {
        Some(reason) => {
            told.refuse(*line, reason);
            false
        }
        None => true,
    });
    if let Some(platform) = &file.platform {
        not_of_others(behind, &mut ads, platform, &mut told).await?;
    }
    let trackers = trackers(&behind.config.sweep.tracking_rules)?;
    let mut kept = BTreeMap::new();
    for batch in ads.chunks(MOST_AT_ONCE) {
        let mut new = Vec::with_capacity(batch.len());
        for (line, ad) in batch {
            let mut one = new_ad(ad.clone(), "", &trackers)?;
            // Of a file of ads alone nothing was sent along: who reads the ad says so.
            if let Some(archive) = &mut archive {
                match files(behind, archive, ad, &mut kept).await? {
                    Ok(files) => one.files = files,
                    Err(why) => {
                        told.refuse(*line, why);
                        continue;
                    }
                }
            }
            new.push(one);
        }
        let taken = behind.store.import(&new, (behind.clock)()).await?;
        told.new += taken.new;
        told.changed += taken.changed;
        told.same += taken.same;
        told.landings += taken.new_landings;
    }
    told.bad.sort();
    Ok(told)
}

/// The file of ads, and the archive that it came in, if it did.
fn unpacked(bytes: Vec<u8>) -> Result<(Vec<u8>, Option<Archive>), String> {
    if !Archive::is_one(&bytes) {
        return Ok((bytes, None));
    }
    let mut archive = Archive::open(bytes)?;
    Ok((archive.ads()?, Some(archive)))
}

/// Keeps the files that an ad names, each once; or says which cannot be had.
async fn files<S: Base>(
    behind: &Behind<S>,
    archive: &mut Archive,
    ad: &Ad,
    kept: &mut BTreeMap<String, AdFile>,
) -> anyhow::Result<Result<BTreeMap<String, AdFile>, String>> {
    let mut files = BTreeMap::new();
    for path in named(ad) {
        let text = match inside(&path) {
            Ok(text) => text,
            Err(why) => return Ok(Err(why)),
        };
        if !kept.contains_key(text) {
            // `./a` and `a` are one place.
            let bytes = match archive.read(text.trim_start_matches("./")) {
                Ok(bytes) => bytes,
                Err(why) => return Ok(Err(why)),
            };
            let place = format!("sent/{}", EvidenceId::of(&bytes).hex());
            let file = uploaded(&*behind.store, &place, bytes, (behind.clock)()).await?;
            kept.insert(text.to_owned(), file);
        }
        files.insert(text.to_owned(), kept[text].clone());
    }
    Ok(Ok(files))
}

fn is_json(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

fn json_lines(bytes: &[u8], told: &mut Imported) -> anyhow::Result<Vec<(usize, Ad)>> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(bytes)?;
    let (mut stream, mut ads) = (source::stream(file.path())?, Vec::new());
    while let Some(ad) = stream.next() {
        match ad? {
            Ok(ad) => ads.push((stream.line(), ad)),
            Err(bad) => told.refuse(bad.line, bad.reason),
        }
    }
    Ok(ads)
}

/// Columns that are read, and where they stand in an ad.
const COLUMNS: [(&str, &str); 13] = [
    ("ad_id", "/ad_id"),
    ("click_url", "/click_url"),
    ("landing_url", "/landing_url"),
    ("platform", "/platform"),
    ("title", "/title"),
    ("description", "/description"),
    ("cta", "/cta"),
    ("declared_category", "/declared_category"),
    ("advertiser_id", "/advertiser/id"),
    ("advertiser_name", "/advertiser/name"),
    ("legal_name", "/advertiser/legal_name"),
    ("trade", "/advertiser/industry"),
    ("ends_at", "/ends_at"),
];

fn csv_rows(bytes: &[u8], told: &mut Imported) -> Vec<(usize, Ad)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
    let (mut ads, mut first, mut lines) = (Vec::new(), BTreeMap::new(), Lines::of(bytes));
    let names = match reader.headers() {
        Ok(names) => names.clone(),
        Err(error) => {
            told.refuse(1, format!("the first line has no names of columns: {error}"));
            return ads;
        }
    };
    if !["ad_id", "click_url"].iter().all(|wanted| names.iter().any(|name| name.trim() == *wanted)) {
        told.refuse(1, "the first line names the columns: `ad_id` and `click_url` at least".into());
        return ads;
    }
    let mut row = csv::StringRecord::new();
    loop {
        let line = lines.at(reader.position().byte());
        match reader.read_record(&mut row) {
            Ok(false) => return ads,
            Ok(true) => {}
            Err(error) => {
                told.refuse(line, format!("the line is no row of this table: {error}"));
                continue;
            }
        }
        let line = row.position().map_or(line, |at| lines.at(at.byte()));
        match of_row(&names, &row) {
            Err(reason) => told.refuse(line, reason),
            Ok(ad) => match first.insert(ad.ad_id.clone(), line) {
                None => ads.push((line, ad)),
                Some(before) => {
                    told.refuse(line, format!("the ad_id `{}` stands on line {before} already", ad.ad_id));
                    first.insert(ad.ad_id, before);
                }
            },
        }
    }
}

/// Counts lines on the way through a text.
struct Lines<'t> {
    text: &'t [u8],
    passed: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t [u8]) -> Self {
        Self { text, passed: 0, line: 1 }
    }

    /// The line on which a row begins: where the reader was before it may be an empty line, which is no row.
    fn at(&mut self, began: u64) -> usize {
        let began = usize::try_from(began).unwrap_or(usize::MAX).clamp(self.passed, self.text.len());
        let empty = self.text[began..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let ends = self.text[self.passed..began + empty].iter().filter(|byte| **byte == b'\n').count();
        self.passed = began + empty;
        self.line += ends;
        self.line
    }
}

fn of_row(names: &csv::StringRecord, row: &csv::StringRecord) -> Result<Ad, String> {
    let mut ad = serde_json::json!({});
    for (name, value) in names.iter().zip(row).filter(|(_, value)| !value.trim().is_empty()) {
        let name = name.trim();
        let place = COLUMNS.iter().find(|(column, _)| *column == name).map_or(name, |(_, place)| &place[1..]);
        match place.split_once('/').filter(|_| place != name) {
            Some((outer, inner)) => ad[outer][inner] = value.trim().into(),
            None if name == "advertiser" => {
                return Err(
                    "the column `advertiser` could be its id or its name: call it `advertiser_id` or `advertiser_name`"
                        .into(),
                );
            }
            None => ad[place] = value.trim().into(),
        }
    }
    for wanted in ["ad_id", "click_url"] {
        if ad[wanted].is_null() {
            return Err(format!("`{wanted}` is empty"));
        }
    }
    serde_json::from_value(ad).map_err(|error| error.to_string())
}

/// Why an ad is not taken from this account; what is of no platform becomes one of its own.
fn refusal(ad: &mut Ad, own: Option<&str>) -> Option<String> {
    // Only the console itself says that a page was pasted.
    ad.extra.remove(Ad::PASTED);
    if ad.ad_id.starts_with(PREVIEW) {
        return Some(format!("ids that begin with `{PREVIEW}` are given out here: give the ad another one"));
    }
    let own = own?;
    match &ad.platform {
        Some(other) if other != own => Some(format!("the ad is of platform `{other}`, and this account of `{own}`")),
        _ => {
            ad.platform = Some(own.to_owned());
            None
        }
    }
}

/// Refuses ads whose id is that of another platform's ad: it would be replaced.
async fn not_of_others<S: Base>(
    behind: &Behind<S>,
    ads: &mut Vec<(usize, Ad)>,
    own: &str,
    told: &mut Imported,
) -> anyhow::Result<()> {
    let ids: Vec<String> = ads.iter().map(|(_, ad)| ad.ad_id.clone()).collect();
    let mut others = BTreeMap::new();
    for ids in ids.chunks(MOST_AT_ONCE) {
        for known in behind.store.ads(ids).await? {
            let known_ad: Ad = serde_json::from_str(&known.ad)?;
            if known_ad.platform.as_deref() != Some(own) {
                others.insert(known.ad_id, ());
            }
        }
    }
    ads.retain(|(line, ad)| {
        let foreign = others.contains_key(&ad.ad_id);
        if foreign {
            told.refuse(*line, format!("the ad_id `{}` is taken: give the ad another one", ad.ad_id));
        }
        !foreign
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_row_by_row_and_what_is_wrong_named_by_its_line() {
        let mut told = Imported::default();
        let text = "\u{feff}ad_id,click_url,title,advertiser_id,mood\na,https://a.test/,\"免费, 领\",m1,blue\n\n,https://b.test/,,,\nb,https://b.test/\na,https://c.test/,,,\n";
        let ads = csv_rows(text.as_bytes(), &mut told);
        let ids: Vec<_> = ads.iter().map(|(line, ad)| (*line, ad.ad_id.as_str())).collect();
        assert_eq!(ids, [(2, "a")]);
        let ad = &ads[0].1;
        assert_eq!((ad.title.as_deref(), ad.extra["mood"].as_str()), (Some("免费, 领"), Some("blue")));
        assert_eq!(ad.advertiser.as_ref().and_then(|one| one.id.as_deref()), Some("m1"));
        let bad: Vec<_> = told.bad.iter().map(|(line, _)| *line).collect();
        assert_eq!(bad, [4, 5, 6], "{:?}", told.bad);
        let mut told = Imported::default();
        let text = "ad_id,click_url,advertiser,advertiser_id\na,https://a.test/,shop,m1\nb,https://b.test/,,m1\n";
        assert_eq!(csv_rows(text.as_bytes(), &mut told).len(), 1, "which of the two it is is not guessed");
        assert!(told.bad[0].1.contains("advertiser_name"), "{:?}", told.bad);
        for headless in ["a;b\n1;2\n", ""] {
            let mut told = Imported::default();
            assert!(csv_rows(headless.as_bytes(), &mut told).is_empty() && told.bad.len() == 1, "{headless}");
        }
    }

    #[test]
    fn of_many_lines_that_are_no_ads_the_most_are_only_counted() {
        let mut told = Imported::default();
        let text = format!("ad_id,click_url\n{}", "a,\n".repeat(9_000));
        assert!(csv_rows(text.as_bytes(), &mut told).is_empty());
        assert_eq!((told.bad.len(), told.untold, told.bad[199].0), (200, 8_800, 201));
    }

    #[test]
    fn an_account_takes_ads_of_its_own_platform() {
        let ad = |text: &str| serde_json::from_str::<Ad>(text).expect("an ad");
        let mut bare = ad(r#"{"ad_id": "a", "click_url": "x"}"#);
        assert_eq!((refusal(&mut bare, Some("one")), bare.platform.as_deref()), (None, Some("one")));
        let mut other = ad(r#"{"ad_id": "a", "click_url": "x", "platform": "two"}"#);
        assert!(refusal(&mut other, Some("one")).is_some_and(|reason| reason.contains("`two`")));
        assert_eq!(refusal(&mut other, None), None);
        let mut pasted = ad(r#"{"ad_id": "a", "click_url": "x", "pasted": {"by": "li"}}"#);
        assert_eq!((refusal(&mut pasted, None), pasted.extra.get(Ad::PASTED)), (None, None), "nobody sends that word");
        assert!(refusal(&mut ad(r#"{"ad_id": "preview-1", "click_url": "x"}"#), None).is_some());
    }
}
