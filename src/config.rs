//! The configuration: the compiled-in defaults with the user's file laid over them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml_edit::{Document, DocumentMut, Item, TableLike};

use crate::exit::Refused;
use crate::stores::said;

/// The defaults, and the reference: complete and commented.
pub(crate) const DEFAULTS: &str = include_str!("../config.toml");

/// Everything postlink can be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) webhooks: Vec<Webhook>,
    pub(crate) check: Check,
    #[serde(flatten)]
    pub(crate) crawl: crawler::Options,
    pub(crate) reader: reader::Options,
    pub(crate) policies: Policies,
    pub(crate) judge: Judge,
    pub(crate) evidence: Evidence,
    pub(crate) retention: Retention,
    pub(crate) hearing: Hearing,
    pub(crate) seal: Seal,
    pub(crate) report: Report,
    pub(crate) operator: Operator,
    pub(crate) sweep: Sweep,
    pub(crate) fleet: Fleet,
    pub(crate) feed: Feed,
    pub(crate) log: Log,
    pub(crate) telemetry: Telemetry,
    pub(crate) console: Console,
}

/// How jobs are granted, carried and worked off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fleet {
    /// Empty: within one process.
    pub(crate) nats: String,
    pub(crate) nats_credentials: PathBuf,
    pub(crate) nats_replicas: usize,
    pub(crate) at_once: u32,
    pub(crate) lease_secs: u64,
    pub(crate) grace_secs: u64,
    pub(crate) retry_secs: u64,
    pub(crate) renew_browser_jobs: u64,
    /// 0: no limit.
    pub(crate) max_memory_mb: u64,
}

/// Another system that is told what happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) secret: Secret,
    /// Empty: `secret` says it.
    #[serde(default)]
    pub(crate) secret_file: PathBuf,
    /// None: all of them.
    #[serde(default)]
    pub(crate) events: Vec<String>,
}

/// Words that are shown to nobody.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(pub(crate) String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// How other systems are told what happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Feed {
    pub(crate) keep_days: u32,
    pub(crate) attempts: u64,
    pub(crate) first_wait_secs: u32,
    pub(crate) timeout_secs: u64,
    /// Whether webhooks that people make may be told in the clear.
    pub(crate) allow_http: bool,
}

/// What is said on standard error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    /// Directives, as in `RUST_LOG`; empty: warnings, and in a pipe our own progress.
    pub(crate) level: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One object a line.
    Json,
}

/// What is seen from outside of commands that go on until they are stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Telemetry {
    /// Address and port; empty: nobody listens.
    pub(crate) listen: String,
    /// A collector's address; empty: nothing is traced.
    pub(crate) otlp: String,
    /// Empty: no key is sent.
    pub(crate) otlp_key_file: PathBuf,
    /// Of traces that begin here, 0 to 1.
    pub(crate) traces_share: f64,
    pub(crate) figures_secs: u64,
}

/// The pages that `serve` shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Console {
    /// Address and port; empty: there is no console.
    pub(crate) listen: String,
    /// As people reach it from outside; empty: where it listens.
    pub(crate) url: String,
    pub(crate) behind_proxy: bool,
    pub(crate) idle_minutes: u64,
    pub(crate) session_hours: u64,
    pub(crate) requests_per_minute: u64,
    /// Within which an ad is looked at again that is said to be corrected.
    pub(crate) revisit_minutes: u32,
    /// Megabytes of one form.
    pub(crate) upload_max_mb: u64,
    /// Cases that are handed over at once, and megabytes of their bundle.
    pub(crate) export_max_cases: u64,
    pub(crate) export_max_mb: u64,
    pub(crate) second_factor: Wanted,
    /// Empty: where a user's programs keep their state.
    pub(crate) key_file: PathBuf,
    pub(crate) oidc: Oidc,
}

impl Console {
    /// The file of the key that secrets are kept under; none where this user has no place for it.
    pub(crate) fn key_file(&self) -> PathBuf {
        if !self.key_file.as_os_str().is_empty() {
            return self.key_file.clone();
        }
        let state = said("XDG_STATE_HOME").map(PathBuf::from);
        let state = state.or_else(|| Some(Path::new(&said("HOME")?).join(".local/state")));
        state.map(|state| state.join("postlink/console.key")).unwrap_or_default()
    }
}

/// Whether something must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Wanted {
    Optional,
    Required,
}

/// An identity provider by which people can sign in as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Oidc {
    /// Empty: there is none.
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    /// Empty: the environment says the secret, or there is none.
    pub(crate) client_secret_file: PathBuf,
    pub(crate) name_en: String,
    pub(crate) name_zh: String,
    pub(crate) scopes: String,
    pub(crate) claim: String,
}

/// Who looks, in their own words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operator {
    pub(crate) name: String,
    pub(crate) person: String,
    pub(crate) contact: String,
    pub(crate) place: String,
    pub(crate) device: String,
    pub(crate) clock: String,
}

/// Where evidence lies, and how much of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    /// Whether a package is made of each case.
    pub(crate) packages: bool,
    /// Empty: in a folder.
    pub(crate) store: String,
    pub(crate) endpoint: String,
    pub(crate) region: String,
    /// Empty: the environment says it.
    pub(crate) access_key_file: PathBuf,
    pub(crate) secret_key_file: PathBuf,
    /// 0: no limit.
    pub(crate) max_bytes: u64,
    /// 0: no limit.
    pub(crate) max_bytes_per_advertiser: u64,
    pub(crate) min_free_bytes: u64,
    pub(crate) sweep_after_hours: u64,
}

/// How long cases are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retention {
    pub(crate) after_ad_years: u32,
    pub(crate) after_case_years: u32,
}

/// How complaints, conversions and touchpoints are kept and counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hearing {
    pub(crate) time_zone: chrono_tz::Tz,
    pub(crate) said_days: u32,
    pub(crate) touchpoint_days: u32,
    pub(crate) address_days: u32,
    /// Empty: none are known.
    pub(crate) data_centres: PathBuf,
    pub(crate) own_agents: Vec<String>,
    pub(crate) level: f64,
    pub(crate) usual_weeks: usize,
    pub(crate) alarm_times: f64,
    pub(crate) alarm_false: f64,
}

/// By whom and how what is kept is proven to others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seal {
    /// Addresses; none: no time stamps.
    pub(crate) tsa: Vec<String>,
    pub(crate) tsa_roots: Vec<PathBuf>,
    pub(crate) tsa_timeout_secs: u64,
    pub(crate) restamp_days: i64,
    pub(crate) log_origin: String,
    /// Empty: checkpoints are not signed.
    pub(crate) log_key: PathBuf,
    pub(crate) log_command: Vec<String>,
    /// Empty: packages are not signed.
    pub(crate) domain_certificate: PathBuf,
    pub(crate) domain_key: PathBuf,
    pub(crate) domain_command: Vec<String>,
}

/// How sweeps go about it, and what they are assumed to cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sweep {
    /// Empty: our own words alone.
    pub(crate) tracking_rules: PathBuf,
    pub(crate) pool: String,
    /// Hosts that only send on; `*.` for all below a name.
    pub(crate) redirectors: Vec<String>,
    /// How long a whole visit stands for cheap looks, and how many of them in a row; 0 for none.
    pub(crate) reconfirm_for_hours: u64,
    pub(crate) reconfirm_most: u32,
    /// For estimates of time.
    pub(crate) workers: u64,
    pub(crate) visit_cpu_secs: f64,
    pub(crate) visit_secs: f64,
    pub(crate) visit_bytes: u64,
    pub(crate) ad_cpu_secs: f64,
    pub(crate) host_pause_secs: f64,
    pub(crate) cpu_hour_price: f64,
    pub(crate) gigabyte_price: f64,
    pub(crate) currency: String,
}

/// Which law judges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policies {
    /// Empty: the built-in packs alone.
    pub(crate) folder: PathBuf,
    /// ISO 3166 codes.
    pub(crate) markets: Vec<String>,
}

/// Who is asked about findings that are only possible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Judge {
    /// Empty: nobody.
    pub(crate) url: String,
    pub(crate) model: String,
    pub(crate) key_file: String,
    pub(crate) timeout_secs: u64,
}

/// How `postlink check` goes about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// Names of `[visitors.…]`.
    pub(crate) visitors: Vec<String>,
    /// Ads examined side by side.
    pub(crate) at_once: usize,
}

/// What goes into `report.html`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    /// Pictures in the file; cases beyond them are told in words.
    pub(crate) max_pictures: usize,
}

impl Config {
    /// With the folder of packs that the command line names, in place of the configuration's.
    pub(crate) fn judged_by(mut self, folder: Option<PathBuf>) -> Self {
        self.policies.folder = folder.unwrap_or(self.policies.folder);
        self
    }
}

/// Reads the defaults and lays the user's file over them.
pub(crate) fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    let Some(path) = file else { return merged("", Path::new("config.toml")) };
    let text = std::fs::read_to_string(path).map_err(|error| {
        Refused::Configuration(format!("read the configuration {}: {error}; name a TOML file", path.display()))
    })?;
    merged(&text, path)
}

fn merged(text: &str, path: &Path) -> anyhow::Result<Config> {
    let at = Place { text, path: path.to_owned() };
    let user = Document::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| at.line(span.start));
        Refused::Configuration(format!("{}:{line}: {}", path.display(), error.message()))
    })?;
    let mut changes = Vec::new();
    differences(defaults().as_table(), user.as_table(), &[], &at, &mut changes)?;
    let config = with(&changes).map_err(|error| {
        // The error knows no key: the value that is wrong is wrong alone, too.
        let wrong = changes.iter().find_map(|change| Some((change, with(std::slice::from_ref(change)).err()?)));
        match wrong {
            Some((change, error)) => {
                at.refuse(change.value, &format!("`{}`: {}", change.keys.join("."), error.message()))
            }
            None => Refused::Configuration(format!("{}: {}", path.display(), error.message())),
        }
    })?;
    match config.reader.fault() {
        Some(fault) => Err(Refused::Configuration(format!("{}: {fault}", path.display())).into()),
        None => Ok(config),
    }
}

fn defaults() -> DocumentMut {
    DEFAULTS.parse().expect("internal error: config.toml is tested")
}

/// A value of the user's, and where it belongs.
struct Change<'a> {
    keys: Vec<String>,
    value: &'a Item,
}

/// The defaults with these values laid over them.
fn with(changes: &[Change<'_>]) -> Result<Config, toml_edit::de::Error> {
    let mut config = defaults();
    for change in changes {
        let Some((last, outer)) = change.keys.split_last() else { continue };
        let mut table: &mut dyn TableLike = config.as_table_mut();
        for key in outer {
            let inner = table.get_mut(key).and_then(Item::as_table_like_mut);
            table = inner.expect("internal error: a change lies in a table of the defaults");
        }
        table.insert(last, change.value.clone());
    }
    toml_edit::de::from_document(config)
}

/// Collects the user's values, and refuses keys that the defaults do not have.
fn differences<'a>(
    defaults: &dyn TableLike,
    user: &'a dyn TableLike,
    outer: &[String],
    at: &Place<'_>,
    changes: &mut Vec<Change<'a>>,
) -> Result<(), Refused> {
    for (key, value) in user.iter() {
        let keys = [outer, &[key.to_owned()]].concat();
        let (prefix, name) = (outer.iter().map(|key| format!("{key}.")).collect::<String>(), keys.join("."));
        // Visitors, their headers and resolved names are the user's own: new keys are welcome there.
        let headers = prefix.starts_with("visitors.") && prefix.ends_with(".headers.");
        let own = headers || matches!(prefix.as_str(), "visitors." | "guard.resolve.");
        match (defaults.get(key), value.as_table_like()) {
            (Some(known), inner) => match (known.as_table_like(), inner) {
                (Some(known), Some(inner)) => differences(known, inner, &keys, at, changes)?,
                (Some(_), None) => {
                    return Err(at.refuse(value, &format!("`{name}` is a table: write its keys below [{name}]")));
                }
                (None, _) => changes.push(Change { keys, value }),
            },
            (None, _) if own => changes.push(Change { keys, value }),
            (None, _) => {
                let nearest = defaults
                    .iter()
                    .map(|(known, _)| (strsim::jaro_winkler(known, key), known.to_owned()))
                    .max_by(|a, b| a.0.total_cmp(&b.0))
                    .filter(|(likeness, _)| *likeness > 0.7)
                    .map(|(_, known)| format!(": did you mean `{prefix}{known}`?"))
                    .unwrap_or_else(|| format!("; known here: {}", keys_of(defaults)));
                return Err(at.refuse(value, &format!("unknown key `{name}`{nearest}")));
            }
        }
    }
    Ok(())
}

fn keys_of(table: &dyn TableLike) -> String {
    table.iter().map(|(key, _)| key).collect::<Vec<_>>().join(", ")
}

/// A file, to say on which of its lines something stands.
struct Place<'a> {
    text: &'a str,
    path: PathBuf,
}

impl Place<'_> {
    fn line(&self, byte: usize) -> usize {
        self.text[..byte.min(self.text.len())].matches('\n').count() + 1
    }

    fn refuse(&self, item: &Item, what: &str) -> Refused {
        let line = item.span().map(|span| format!(":{}", self.line(span.start))).unwrap_or_default();
        Refused::Configuration(format!("{}{line}: {what}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        merged(text, Path::new("my.toml")).expect_err("must be refused").to_string()
    }

    #[test]
    fn the_defaults_are_complete() {
        let config = merged("", Path::new("config.toml")).expect("the defaults are complete");
        for visitor in &config.check.visitors {
            assert!(config.crawl.visitors.contains_key(visitor), "{visitor}");
        }
    }

    #[test]
    fn what_is_deployed_loads_and_differs_only_where_it_must() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
        let told = |name: &str| load(Some(&folder.join(name))).unwrap_or_else(|error| panic!("{name}: {error}"));
        let plain = told("config.toml");
        assert_eq!((plain.log.format, plain.telemetry.listen.as_str()), (LogFormat::Json, "0.0.0.0:9464"));
        let mut demo = told("demo.toml");
        assert!(!demo.crawl.guard.resolve.is_empty());
        demo.crawl.guard = plain.crawl.guard.clone();
        let mut cluster = told("cluster.toml");
        assert_eq!(cluster.fleet.nats_replicas, cluster.fleet.nats.split(',').count());
        cluster.fleet = plain.fleet.clone();
        let mut kubernetes = told("kubernetes/config.toml");
        kubernetes.fleet = plain.fleet.clone();
        kubernetes.evidence = plain.evidence.clone();
        kubernetes.console = plain.console.clone();
        for (name, one) in [("demo", demo), ("cluster", cluster), ("kubernetes", kubernetes)] {
            assert!(one == plain, "{name} differs from config.toml in more than what makes it another");
        }
    }

    #[test]
    fn every_key_of_the_defaults_says_what_it_is() {
        for (at, line) in DEFAULTS.lines().enumerate() {
            let key = line.split('=').next().unwrap_or_default().trim();
            let visitor = DEFAULTS.lines().take(at).any(|line| line.starts_with("[visitors."));
            if line.contains('=') && !line.starts_with(['#', ' ']) && !visitor {
                assert!(line.contains('#'), "config.toml:{}: `{key}` has no comment", at + 1);
            }
        }
    }

    #[test]
    fn a_file_says_only_what_differs() {
        let text = "[guard]\nallow = [\"127.0.0.0/8\"]\nresolve = { \"*.test\" = \"127.0.0.1:18080\" }\n[check]\nat_once = 1\n";
        let config = merged(text, Path::new("my.toml")).expect("loads");
        assert_eq!(config.check.at_once, 1);
        assert_eq!(config.crawl.guard.resolve["*.test"], "127.0.0.1:18080");
    }

    #[test]
    fn a_visitor_can_be_given_headers_of_their_own() {
        let text = "[visitors.desktop-chrome]\nreferrer = \"https://a.test/\"\n[visitors.desktop-chrome.headers]\nX-Me = \"1\"\n";
        let config = merged(text, Path::new("my.toml")).expect("loads");
        let visitor = &config.crawl.visitors["desktop-chrome"];
        assert_eq!((visitor.referrer.as_str(), visitor.headers["X-Me"].as_str()), ("https://a.test/", "1"));
    }

    #[test]
    fn webhooks_are_tables_of_their_own_and_their_secrets_are_not_shown() {
        let text = "[[webhooks]]\nurl = \"https://a.test/\"\nsecret = \"whsec_c2VjcmV0\"\n[[webhooks]]\nurl = \"https://b.test/\"\nsecret_file = \"s\"\nevents = [\"violation\"]\n";
        let config = merged(text, Path::new("my.toml")).expect("loads");
        let told: Vec<_> = config.webhooks.iter().map(|hook| (hook.url.as_str(), hook.events.len())).collect();
        assert_eq!(told, [("https://a.test/", 0), ("https://b.test/", 1)]);
        assert!(!format!("{config:?}").contains("c2VjcmV0"));
        let unknown = refusal("[[webhooks]]\nurl = \"https://a.test/\"\nsecrets = 3\n");
        assert!(unknown.contains("webhooks") && unknown.contains("secrets"), "{unknown}");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_one() {
        let refusal = refusal("[guard]\nalow = []\n");
        assert!(
            refusal.contains("my.toml:2") && refusal.contains("guard.alow") && refusal.contains("guard.allow"),
            "{refusal}"
        );
    }

    #[test]
    fn a_value_of_the_wrong_sort_and_broken_toml_are_refused() {
        let many = refusal("[guard]\nallow = []\n[check]\nat_once = \"many\"\n");
        assert!(many.contains("my.toml:4") && many.contains("`check.at_once`") && many.contains("many"), "{many}");
        let negative = refusal("[follow]\nmax_hops = -1\n");
        assert!(negative.contains("my.toml:2") && negative.contains("`follow.max_hops`"), "{negative}");
        let nobody = refusal("[reader]\nspeech = \"somebody\"\n");
        assert!(nobody.contains("my.toml:2") && nobody.contains("`reader.speech`"), "{nobody}");
        let at_once = refusal("[reader]\nreading_speed = 0.0\n");
        assert!(at_once.contains("`reader.reading_speed`"), "{at_once}");
        let unnamed = refusal("[reader]\nspeech = \"command\"\nspeech_command = [\"my-asr\"]\n");
        assert!(unnamed.contains("my.toml") && unnamed.contains("{wav}"), "{unnamed}");
        let unnamed = refusal("[reader]\nspeech = \"http\"\n");
        assert!(unnamed.contains("my.toml") && unnamed.contains("speech_url"), "{unnamed}");
        assert!(refusal("check = 3\n").contains("my.toml:1"));
        assert!(refusal("[check\n").contains("my.toml:1"));
    }
}
