//! Whose domain an address belongs to: the part of its host that somebody registered.

/// Second levels under which countries register: `com.cn`, `co.uk`.
const SECOND: &[&str] = &["com", "net", "org", "gov", "edu", "ac", "co", "or", "ne", "go", "mil", "idv", "gob"];

/// Under these, each name belongs to somebody else: homes of pages, and stores for whoever pays.
const HOMES: &[&str] = &[
    "github.io",
    "gitee.io",
    "pages.dev",
    "workers.dev",
    "vercel.app",
    "netlify.app",
    "web.app",
    "firebaseapp.com",
    "herokuapp.com",
    "appspot.com",
    "azurewebsites.net",
    "blogspot.com",
    "myshopify.com",
    "amazonaws.com",
    "aliyuncs.com",
    "myqcloud.com",
    "tcloudbaseapp.com",
    "qiniucdn.com",
    "clouddn.com",
    "bcebos.com",
    "volces.com",
];

/// The registrable domain of an address: `m.shop.example.com.cn` is of `example.com.cn`; a bare number is its own.
///
/// The whole list of public suffixes is 15,000 lines for what these few rules tell of ads' pages.
pub(crate) fn registrable(url: &str) -> String {
    let host = host(url);
    if host.starts_with('[') || host.split('.').all(|label| label.bytes().all(|b| b.is_ascii_digit())) {
        return host;
    }
    let labels: Vec<&str> = host.split('.').collect();
    let (two, three) = (last(&labels, 2), last(&labels, 3));
    let country = labels.last().is_some_and(|label| label.len() == 2);
    let second = labels.len() >= 2 && SECOND.contains(&labels[labels.len() - 2]);
    // Provinces register too: `gz.gd.cn` is nobody's, `bj.cn` is Beijing's.
    let province = labels.len() >= 3 && labels.last() == Some(&"cn") && labels[labels.len() - 2].len() == 2;
    let home = HOMES.iter().any(|home| two == *home || host.ends_with(&format!(".{home}")));
    if home || (country && second) || province { three } else { two }
}

/// The host of an address, in lower case, without user and port.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let end = if host.starts_with('[') { host.find(']').map(|at| at + 1) } else { host.find(':') };
    host[..end.unwrap_or(host.len())].trim_end_matches('.').to_ascii_lowercase()
}

fn last(labels: &[&str], count: usize) -> String {
    labels[labels.len().saturating_sub(count)..].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_belongs_to_the_domain_that_was_registered() {
        for (url, expected) in [
            ("http://m.shop.example.com/a?b=c", "example.com"),
            ("https://example.com", "example.com"),
            ("https://WWW.Example.COM.cn:8443/", "example.com.cn"),
            ("https://a.b.co.uk/x", "b.co.uk"),
            ("https://user:word@m.example.test/", "example.test"),
            ("https://shop.bj.cn/", "shop.bj.cn"),
            ("https://m.t.cn/x", "t.cn"),
            ("https://alice.github.io/p", "alice.github.io"),
            ("https://one.oss-cn-hangzhou.aliyuncs.com/i.html", "oss-cn-hangzhou.aliyuncs.com"),
            ("http://127.0.0.1:8080/a", "127.0.0.1"),
            ("http://[2001:db8::1]:80/a", "[2001:db8::1]"),
            ("localhost", "localhost"),
            ("", ""),
        ] {
            assert_eq!(registrable(url), expected, "{url}");
        }
    }

    #[test]
    fn two_hosts_of_one_owner_are_one_and_two_tenants_of_a_home_are_two() {
        assert_eq!(registrable("https://m.tuan.test/"), registrable("https://www.tuan.test/"));
        assert_ne!(registrable("https://alice.github.io/"), registrable("https://bob.github.io/"));
    }
}
