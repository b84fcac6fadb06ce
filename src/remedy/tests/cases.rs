//! Ads and pages of which a sentence can put something right.

use super::written::Line;

/// What is wrong, the rule that must say so, the ad, and the page.
pub(super) const CASES: &[(&str, &str, &[&str], &[Line<'_>])] = &[
    (
        "a monthly fee in small print",
        "recurring-fee-hidden",
        &["免费领视频会员", "点一下就到账", "立即领取"],
        &[
            Line::Head("视频会员领取"),
            Line::Text("输入手机号即可领取"),
            Line::Small("领取即开通影视包月业务，每月25元由话费代扣，次月自动续订。"),
            Line::Button("立即领取"),
        ],
    ),
    (
        "a price that is higher on the page",
        "dearer-than-advertised",
        &["松木书桌只要99元", "包邮到家", "立即购买"],
        &[Line::Head("松木书桌"), Line::Text("松木书桌 259元"), Line::Button("立即购买")],
    ),
    (
        "fewer pieces than promised",
        "spec-differs",
        &["益生菌粉30条装19.9元包邮", "马上下单"],
        &[Line::Head("益生菌粉"), Line::Text("益生菌粉 10条装 19.9元"), Line::Button("立即购买")],
    ),
    (
        "a guarantee that is shorter",
        "shorter-than-advertised",
        &["旧厨房翻新，质保五年", "预约量房"],
        &[Line::Head("旧厨房翻新"), Line::Text("质保 12 个月，台面除外"), Line::Button("预约量房")],
    ),
    (
        "friends to invite",
        "condition-not-told",
        &["人人可领1000M流量", "点击即领"],
        &[
            Line::Head("1000M流量领取"),
            Line::Small("3. 须成功邀请10位新用户完成实名后可领。"),
            Line::Button("立即领取"),
        ],
    ),
    (
        "something to buy in the shop",
        "shop-visit-costs-more",
        &["0元无痛脱毛，到店就做", "立即预约"],
        &[
            Line::Head("0元无痛脱毛体验"),
            Line::Text("到店体验，三家门店可约"),
            Line::Small("到店需购买1980元套餐后方可享受。"),
            Line::Button("立即预约"),
        ],
    ),
    (
        "the last word",
        "void-standard-terms",
        &["电动牙刷 99元", "立即购买"],
        &[
            Line::Head("电动牙刷"),
            Line::Text("电动牙刷 99元"),
            Line::Small("本活动最终解释权归本公司所有。"),
            Line::Button("立即购买 99元"),
        ],
    ),
    (
        "goods of another kind",
        "other-goods-than-advertised",
        &["免费领《苍穹旅团》游戏礼包", "绑定角色就发货", "免费领礼包"],
        &[
            Line::Head("大流量权益套餐"),
            Line::Text("办理大流量套餐39元/月，含30GB定向流量，话费代扣"),
            Line::Button("立即办理套餐"),
        ],
    ),
    (
        "a trial that turns into a fee",
        "recurring-fee-hidden",
        &["会员免费体验7天", "想看就看", "立即体验"],
        &[
            Line::Head("会员免费体验7天"),
            Line::Small("体验期满后自动续费，68元/月，可随时取消。"),
            Line::Button("立即体验"),
        ],
    ),
    (
        "coupons for cash",
        "coupons-for-cash",
        &["9.9元充50元话费", "号码一填，充完就走", "去充值"],
        &[
            Line::Head("9.9元 话费权益"),
            Line::Text("内含5元话费抵扣券10张，单笔充值满100元可抵5元，每自然月限用1张。"),
            Line::Button("支付9.9元"),
        ],
    ),
    (
        "words that are absolute",
        "absolute-words",
        &["公文写作用墨川，全国第一", "看样稿"],
        &[Line::Head("墨川写作"), Line::Text("通知、报告、请示函、纪要"), Line::Button("看样稿")],
    ),
    (
        "the rest of a price in small print",
        "fee-shown-weakly",
        &["五斤杨梅9.9元送上门", "凌晨摘，下午发", "来一箱"],
        &[
            Line::Head("五斤杨梅"),
            Line::Text("9.9元起"),
            Line::Small("9.9元占下这一箱，出库前再付余下的68元，冷链运费另按省份收。"),
            Line::Button("9.9元来一箱"),
        ],
    ),
    (
        "a fee by the week, in English",
        "recurring-fee-hidden",
        &["Your next ringtone is free", "Pick one and tap once.", "Get my tone"],
        &[
            Line::Head("Pick your ringtone"),
            Line::Small("ToneTub is a subscription: £4.50 per week charged to your mobile until you text STOP."),
            Line::Button("Send my ringtone"),
        ],
    ),
];
