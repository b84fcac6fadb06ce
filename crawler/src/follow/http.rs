//! Sent on by an HTTP answer: 3xx with a `Location`.

use url::Url;

/// Whether this status sends a client on.
pub(crate) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Where a `Location` leads, seen from `base`; the fragment goes along unless it brings one.
pub(crate) fn location(base: &Url, location: &str) -> Option<Url> {
    let mut next = base.join(location.trim()).ok()?;
    if next.fragment().is_none() {
        next.set_fragment(base.fragment());
    }
    Some(next)
}

/// In words a reader can check: `302 Location`.
pub(crate) fn cause(status: u16) -> String {
    format!("{status} Location")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_read_from_where_it_stands() {
        let base = Url::parse("https://a.test/x/y?q=1#top").expect("a url");
        let leads = |to: &str| location(&base, to).map(String::from);
        assert_eq!(leads("/z").as_deref(), Some("https://a.test/z#top"));
        assert_eq!(leads("z#end").as_deref(), Some("https://a.test/x/z#end"));
        assert_eq!(leads(" //b.test/ ").as_deref(), Some("https://b.test/#top"));
        assert_eq!(leads("http://["), None);
    }
}
