//! Who is one and who only has the same things as everybody.

use super::*;

fn has(advertiser: &str, what: Trait, value: &str) -> Has {
    let account = Account { platform: Some("feed".to_owned()), advertiser: advertiser.to_owned() };
    Has { account, what, value: value.to_owned() }
}

fn names(groups: &[Group]) -> Vec<Vec<&str>> {
    groups.iter().map(|group| group.accounts.iter().map(|one| one.advertiser.as_str()).collect()).collect()
}

#[test]
fn who_shares_a_payee_or_a_number_or_several_lesser_things_is_one() {
    let all = [
        has("a", Trait::Payee, "6222 **** 1"),
        has("b", Trait::Payee, " 6222 **** 1 "),
        has("c", Trait::Icp, "粤ICP备1号"),
        has("d", Trait::Icp, "粤icp备1号"),
        has("e", Trait::Host, "x.test"),
        has("e", Trait::Template, "t1"),
        has("f", Trait::Host, "x.test"),
        has("f", Trait::Template, "t1"),
        has("e", Trait::Company, "x公司"),
        has("f", Trait::Company, "X公司"),
        has("g", Trait::Host, "y.test"),
        has("g", Trait::Template, "t2"),
        has("h", Trait::Host, "y.test"),
        has("h", Trait::Template, "t2"),
        has("i", Trait::Payee, ""),
        has("j", Trait::Payee, " "),
    ];
    let told = groups(&all, THRESHOLD);
    assert_eq!(names(&told), [["a", "b"], ["c", "d"], ["e", "f"]]);
    let edge = &told[2].edges[0];
    assert!((edge.weight - 1.4).abs() < 1e-12);
    let shared: Vec<_> = edge.shared.iter().map(|one| (one.what, one.value.as_str(), one.accounts)).collect();
    let expected = [(Trait::Host, "x.test", 2), (Trait::Company, "x公司", 2), (Trait::Template, "t1", 2)];
    assert_eq!(shared, expected);
    assert_eq!(groups(&all, 0.5).len(), 4, "less is enough where it is asked for");
}

#[test]
fn a_chain_of_them_is_one_group_that_keeps_its_name() {
    let all = [
        has("m", Trait::Payee, "1"),
        has("k", Trait::Payee, "1"),
        has("k", Trait::Icp, "2"),
        has("z", Trait::Icp, "2"),
        has("z", Trait::Payee, "1"),
    ];
    let told = groups(&all, THRESHOLD);
    assert_eq!(names(&told), [["k", "m", "z"]]);
    assert!(told[0].edges.is_sorted_by(|a, b| a.weight >= b.weight) && told[0].edges.len() == 3);
    assert_eq!(groups(&[], THRESHOLD), []);
}

#[test]
fn what_everybody_has_joins_nobody() {
    // A thousand shops of one platform: its host, its number, the page builder's template, and the payment service's account.
    let mut all = Vec::new();
    for n in 0..1_000 {
        let shop = format!("shop{n:04}");
        all.push(has(&shop, Trait::Host, "shops.platform.test"));
        all.push(has(&shop, Trait::Icp, "京ICP备100号"));
        all.push(has(&shop, Trait::Template, "builder-standard"));
        all.push(has(&shop, Trait::Payee, "payment service"));
    }
    // Two of them are one: they have a code of their own as well.
    for shop in ["shop0007", "shop0700"] {
        all.push(has(shop, Trait::Qr, "https://u.test/same"));
        all.push(has(shop, Trait::Payee, "li's account"));
    }
    assert_eq!(names(&groups(&all, THRESHOLD)), [["shop0007", "shop0700"]]);
}

#[test]
fn customers_of_one_agency_are_not_one() {
    // On the agency's host, under its number, in its template, and each paid on an account of its own.
    for customers in [2, 4, 8, 15] {
        let mut all = Vec::new();
        for n in 0..customers {
            let customer = format!("customer{n}");
            all.push(has(&customer, Trait::Host, "pages.agency.test"));
            all.push(has(&customer, Trait::Icp, "沪ICP备5号"));
            all.push(has(&customer, Trait::Template, "agency-one"));
            all.push(has(&customer, Trait::Payee, &format!("account {n}")));
        }
        assert_eq!(groups(&all, THRESHOLD), [], "{customers}");
        // Who shows the same code as well is.
        for n in 0..2 {
            all.push(has(&format!("customer{n}"), Trait::Qr, "https://u.test/one"));
        }
        assert_eq!(groups(&all, THRESHOLD).len(), usize::from(customers <= 4), "{customers}");
    }
}

#[test]
fn a_ring_on_one_account_is_one_however_many_they_are() {
    let all: Vec<Has> = (0..20).map(|n| has(&format!("ring{n:02}"), Trait::Payee, "one account")).collect();
    assert_eq!(groups(&all, THRESHOLD)[0].accounts.len(), 20);
}

#[test]
fn accounts_of_two_platforms_are_two_until_they_share_something() {
    let of = |platform: &str, what, value: &str| Has {
        account: Account { platform: Some(platform.to_owned()), advertiser: "1".to_owned() },
        what,
        value: value.to_owned(),
    };
    assert_eq!(groups(&[of("feed", Trait::Qr, "q"), of("search", Trait::Qr, "q")], THRESHOLD), []);
    let both = [of("feed", Trait::Licence, "91110000"), of("search", Trait::Licence, "91110000")];
    assert_eq!(groups(&both, THRESHOLD)[0].accounts.len(), 2);
}

#[test]
fn the_number_of_a_host_that_two_share_says_no_more_than_the_host() {
    let two = |hosts: [&str; 2]| {
        let shop = |name, host| {
            [has(name, Trait::Host, host), has(name, Trait::Icp, "京icp备7号"), has(name, Trait::Template, "t")]
        };
        groups(&[shop("a", hosts[0]), shop("b", hosts[1])].concat(), THRESHOLD).len()
    };
    assert_eq!(two(["builder.test", "builder.test"]), 0, "tenants of one page builder");
    assert_eq!(two(["a.test", "b.test"]), 1);
}
