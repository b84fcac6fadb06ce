//! How a page looks to whoever asks: its language, and what stands around it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, header, request::Parts};
use cookie::Cookie;
use model::account::Sight;

use super::Person;
use crate::app::App;
use crate::page::{Frame, LANGUAGES, Me, language};

/// Names of cookies.
pub(crate) const LANGUAGE: &str = "postlink_language";
const DONE: &str = "done";
/// Of an address that is told; nobody writes a longer one.
const LONGEST: usize = 100;

/// What stands around the page that answers this request.
pub(crate) fn frame(parts: &Parts, person: Option<&Person>) -> Frame {
    let account = person.map(|person| &person.account);
    let chosen = cookie(&parts.headers, LANGUAGE).and_then(|asked| language(&asked));
    let own = || account.and_then(|account| language(account.language.as_deref()?));
    let browsers = || language(parts.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    Frame {
        language: chosen.or_else(own).or_else(browsers).unwrap_or(LANGUAGES[0]),
        here: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        me: account.map(|account| Me {
            name: account.name.clone(),
            role: account.role.word(),
            tenant: account.tenant.clone(),
            sees_all: account.sight() == Sight::default(),
        }),
        csrf: person.map(|person| person.session.csrf.clone()).unwrap_or_default(),
        done: done(parts.uri.query().unwrap_or_default()),
    }
}

/// The word that a redirect carries after something was done.
fn done(query: &str) -> Option<String> {
    let (_, word) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == DONE)?;
    word.chars().all(|c| c.is_ascii_lowercase() || c == '-').then(|| word.into_owned())
}

pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(Cookie::split_parse)
        .flatten()
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

/// The address of whoever asks: what a proxy in front says it is, where there is one.
pub(crate) fn address(app: &App, parts: &Parts) -> String {
    let forwarded = || {
        let said = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        // The last one is the proxy's own word; those before it are what it was told.
        Some(said.rsplit(',').next()?.trim().chars().take(LONGEST).collect::<String>())
    };
    let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_string());
    app.settings.behind_proxy.then(forwarded).flatten().or_else(peer).unwrap_or_default()
}

/// The network by which what comes from an address is counted: of IPv6 the first 64 bits, since one customer has all the rest.
pub(crate) fn network(address: &str) -> String {
    match address.parse().map(|address: IpAddr| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let first = u128::from(address) & !u128::from(u64::MAX);
            format!("{}/64", Ipv6Addr::from(first))
        }
        Ok(address) => address.to_string(),
        // As a proxy writes it.
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customers_network_is_one_place() {
        for (address, counted) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("unix:", "unix:"),
            ("", ""),
        ] {
            assert_eq!(network(address), counted, "{address}");
        }
    }

    #[test]
    fn only_a_plain_word_is_told_as_done() {
        assert_eq!(done("a=b&done=decided"), Some("decided".into()));
        assert_eq!(done("done=%3Cscript%3E"), None);
    }
}
