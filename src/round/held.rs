//! Which hosts a job keeps others from while it looks: the one that is asked first, and the one where the last look ended.
//!
//! A first look cannot know where it will end. Hosts that only send on, as the platform's own click trackers do, are named in the
//! configuration and not held: else all ads would wait for each other there.

use model::landing::{Landing, Seen};

/// The hosts that a job holds; none where it is only known that it is sent on.
pub(super) fn hosts<'a>(landing: &'a Landing, last: Option<&'a Seen>, redirectors: &[String]) -> Vec<&'a str> {
    let ended = last.and_then(|seen| seen.host.as_deref());
    let mut hosts: Vec<_> = std::iter::once(landing.host.as_str()).chain(ended).collect();
    hosts.dedup();
    hosts.retain(|host| !redirectors.iter().any(|redirector| is(host, redirector)));
    hosts
}

/// Whether a host is the one that is named, or lies below `*.` it.
fn is(host: &str, redirector: &str) -> bool {
    match redirector.strip_prefix('*') {
        Some(below) => host.len() > below.len() && host.ends_with(below),
        None => host == redirector,
    }
}

/// A host that is no host, for a job that waits for none.
pub(super) fn none(landing: &Landing) -> String {
    format!("{}.invalid", landing.id)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn held(asked: &str, ended: Option<&str>, redirectors: &[&str]) -> Vec<String> {
        let landing = Landing::of(format!("https://{asked}/"), asked.to_owned());
        let seen = Seen {
            at: DateTime::UNIX_EPOCH,
            page: String::new(),
            etag: None,
            body: None,
            bad: false,
            visit: None,
            host: ended.map(ToOwned::to_owned),
            certificate_from: None,
            template: None,
        };
        let redirectors: Vec<_> = redirectors.iter().map(|&name| name.to_owned()).collect();
        hosts(&landing, Some(&seen), &redirectors).into_iter().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn a_job_holds_where_it_asks_and_where_it_ended_and_no_redirector() {
        assert_eq!(held("a.test", None, &[]), ["a.test"]);
        assert_eq!(held("a.test", Some("a.test"), &[]), ["a.test"]);
        assert_eq!(held("a.test", Some("b.test"), &[]), ["a.test", "b.test"]);
        assert_eq!(held("a.test", Some("b.test"), &["a.test"]), ["b.test"]);
        assert_eq!(held("a.test", None, &["a.test"]), [""; 0]);
        assert_eq!(held("x1.trk.test", Some("b.test"), &["*.trk.test"]), ["b.test"]);
        assert_eq!(
            held("trk.test", Some("b.test"), &["*.trk.test"]),
            ["trk.test", "b.test"],
            "it does not lie below itself"
        );
        assert_eq!(held("a.test:8080", None, &["a.test"]), ["a.test:8080"], "another port is another host");
    }
}
