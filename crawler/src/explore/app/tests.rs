//! Tests of addresses that lead into apps.

use super::*;

/// Scheme, name, package, fallback.
fn seen(url: &str) -> Option<(String, String, String, String)> {
    let text = |part: Option<String>| part.unwrap_or_default();
    read(url).map(|app| (app.scheme, text(app.name), text(app.package), text(app.fallback)))
}

fn is(url: &str, scheme: &str, name: &str, package: &str, fallback: &str) {
    let expected = [scheme, name, package, fallback].map(str::to_owned);
    let found = seen(url).map(|(scheme, name, package, fallback)| [scheme, name, package, fallback]);
    assert_eq!(found, Some(expected), "{url}");
}

#[test]
fn an_intent_names_scheme_package_and_fallback() {
    is(
        "intent://dl/business/?t=x#Intent;scheme=weixin;package=com.tencent.mm;S.browser_fallback_url=https%3A%2F%2Fa.test%2Fget%3Fx%3D1;end",
        "intent",
        "微信",
        "com.tencent.mm",
        "https://a.test/get?x=1",
    );
    is("intent://shop.test/p?a=1#Intent;scheme=https;end;", "intent", "", "", "https://shop.test/p?a=1");
    is(
        "intent://webview?url=https%3A%2F%2Fa.test%2Fx#Intent;scheme=snssdk1128;package=com.ss.android.ugc.aweme;end",
        "intent",
        "抖音",
        "com.ss.android.ugc.aweme",
        "https://a.test/x",
    );
    is("intent:#Intent;package=com.unknown.thing;end", "intent", "", "com.unknown.thing", "");
}

#[test]
fn stores_name_the_app_by_package_or_number() {
    is("market://details?id=com.jingdong.app.mall", "market", "应用商店", "com.jingdong.app.mall", "");
    is(
        "itms-apps://itunes.apple.com/cn/app/id414478124?mt=8",
        "itms-apps",
        "App Store",
        "414478124",
        "https://itunes.apple.com/cn/app/id414478124?mt=8",
    );
    is("https://apps.apple.com/cn/app/%E5%BE%AE%E4%BF%A1/id414478124", "https", "App Store", "414478124", "");
    is(
        "https://play.google.com/store/apps/details?id=com.zhiliaoapp.musically&hl=en",
        "https",
        "Google Play",
        "com.zhiliaoapp.musically",
        "",
    );
    is("https://a.app.qq.com/o/simple.jsp?pkgname=com.achievo.vipshop", "https", "应用宝", "com.achievo.vipshop", "");
    is("http://app.qq.com/detail/100825615?channelid=1&qz_gdt=k", "http", "应用宝", "100825615", "");
    is("https://appgallery.huawei.com/app/C100315379", "https", "华为应用市场", "", "");
    is("hiapplink://com.huawei.appmarket?appId=C10315379&channelId=x", "hiapplink", "华为应用市场", "C10315379", "");
    is("samsungapps://ProductDetail/com.sec.app.thing", "samsungapps", "Galaxy Store", "com.sec.app.thing", "");
    is(
        "itms-services://?action=download-manifest&url=https://a.test/app.plist",
        "itms-services",
        "iOS 应用安装",
        "",
        "",
    );
}

#[test]
fn chinese_apps_are_known_with_the_page_they_carry() {
    is("weixin://dl/business/?t=TBk5k1Qx", "weixin", "微信", "", "");
    is(
        "alipays://platformapi/startapp?appId=20000067&url=https%3A%2F%2Fa.test%2Fpromo",
        "alipays",
        "支付宝",
        "",
        "https://a.test/promo",
    );
    is("alipays://platformapi/startapp?appId=2021001&page=pages%2Findex%2Findex", "alipays", "支付宝", "", "");
    is("snssdk1128://webview?url=https%253A%252F%252Fa.test%252Fx", "snssdk1128", "抖音", "", "https://a.test/x");
    is("snssdk9999://home", "snssdk9999", "", "", "");
    is("kwai://webview?url=http%3A%2F%2Fa.test%2F", "kwai", "快手", "", "http://a.test/");
    is(
        "tbopen://m.taobao.com/tbopen/index.html?source=auto&action=ali.open.nav&h5Url=https%3A%2F%2Fs.click.taobao.com%2FsjaqZNw&spm=1",
        "tbopen",
        "淘宝",
        "",
        "https://s.click.taobao.com/sjaqZNw",
    );
    is(
        "openApp.jdMobile://virtual?params={\"category\":\"jump\",\"des\":\"getCoupon\",\"url\":\"http://h5.m.jd.com/active/index.html\"}",
        "openapp.jdmobile",
        "京东",
        "",
        "http://h5.m.jd.com/active/index.html",
    );
    is(
        "openapp.jdmobile://virtual?params=%7B%22des%22%3A%22m%22%2C%22url%22%3A%22https%3A%2F%2Fu.jd.com%2FtFDejq%22%7D",
        "openapp.jdmobile",
        "京东",
        "",
        "https://u.jd.com/tFDejq",
    );
    is(
        "baiduboxapp://v7/vendor/ad/deeplink?appUrl=openapp.jdmobile%3A%2F%2Fvirtual%3Fparams%3D%7B%22url%22%3A%22https%3A%2F%2Fexample.com%2Flanding%22%7D",
        "baiduboxapp",
        "百度",
        "",
        "https://example.com/landing",
    );
    is(
        "uclink://www.uc.cn/x?action=open_url&src_pkg=m&url=http%3a%2f%2fm.uczzd.cn%2fnews.html",
        "uclink",
        "UC浏览器",
        "",
        "http://m.uczzd.cn/news.html",
    );
    is(
        "amapuri://webview/amaponline?url=https://cache.amap.com/activity/index.html?gd_from=cs",
        "amapuri",
        "高德地图",
        "",
        "https://cache.amap.com/activity/index.html?gd_from=cs",
    );
    is(
        "pinduoduo://com.xunmeng.pinduoduo/duo_coupon_landing.html?goods_id=5695868&pid=1",
        "pinduoduo",
        "拼多多",
        "com.xunmeng.pinduoduo",
        "",
    );
    is("#小程序://某某商城/AbCdEf", "weixin", "微信", "某某商城", "");
    is("https://wxaurl.cn/AbC123", "https", "微信", "", "");
    is(
        "https://render.alipay.com/p/s/i?scheme=alipays%3A%2F%2Fplatformapi%2Fstartapp%3FappId%3D1%26url%3Dhttps%253A%252F%252Fa.test%252F",
        "https",
        "支付宝",
        "",
        "https://a.test/",
    );
}

#[test]
fn other_browsers_are_hand_overs_too() {
    is("x-safari-https://appflowconnect.com/?a=1", "x-safari-https", "Safari", "", "https://appflowconnect.com/?a=1");
    is("googlechrome://navigate?url=https%3A%2F%2Fa.test%2F", "googlechrome", "Chrome", "", "https://a.test/");
    is("microsoft-edge:https://a.test/", "microsoft-edge", "Edge", "", "https://a.test/");
    is(
        "android-app://com.taobao.taobao/https/a.test/p",
        "android-app",
        "淘宝",
        "com.taobao.taobao",
        "https://a.test/p",
    );
    is("somegame-x1://open?room=3", "somegame-x1", "", "", "");
}

#[test]
fn an_ordinary_web_page_is_none() {
    for page in [
        "https://a.test/",
        "http://www.a.test:8080/x?url=taobao",
        "/relative",
        "page.html",
        "javascript:void(0)",
        "tel:10086",
        "mailto:a@a.test",
        "about:blank",
        "data:text/html,x",
        "#top",
        "",
        "localhost:8080/x",
        "https://apps.apple.com/",
        "a b://c",
        "https://item.taobao.com/x?id=1",
    ] {
        assert_eq!(read(page), None, "{page}");
    }
    assert_eq!(read(&format!("x://{}", "a".repeat(9_000))), None);
}

#[test]
fn addresses_in_addresses_come_to_an_end() {
    let mut address = "https://a.test/".to_owned();
    for _ in 0..12 {
        let encoded: String = address.bytes().map(|byte| format!("%{byte:02X}")).collect();
        address = format!("baiduboxapp://x?url={}", if encoded.len() < 2_000 { encoded } else { address });
    }
    assert!(read(&address).is_none_or(|app| app.name.as_deref() == Some("百度")));
}

#[test]
fn the_table_is_in_lower_case() {
    assert!(
        APPS.schemes.keys().chain(APPS.packages.keys()).chain(APPS.hosts.keys()).all(|key| *key == key.to_lowercase())
    );
}
