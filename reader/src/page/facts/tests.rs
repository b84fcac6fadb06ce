//! Facts as pages write them, and what only looks like one.

use super::*;
use crate::text::normal;

fn told(shown: &str) -> Vec<String> {
    let normal = normal(shown);
    let name = |kind: FactKind| serde_json::to_string(&kind).expect("a name").trim_matches('"').to_owned();
    let one = |(kind, bytes): (FactKind, Range<usize>)| {
        format!("{} {}", name(kind), normal.text[bytes].split_whitespace().collect::<String>())
    };
    within(&normal.text).into_iter().map(one).collect()
}

#[test]
fn facts_are_read_as_they_are_written() {
    let mut wrong = Vec::new();
    for (shown, expected) in [
        ("京ICP备2021034567号-3", vec!["icp 京icp备2021034567号-3"]),
        ("备案号：粤ICP备 18012345 号", vec!["icp 粤icp备18012345号"]),
        ("沪ICP证B2-20150087号", vec!["icp 沪icp证b2-20150087号"]),
        (
            "京ICP证030173号 京公网安备11010802034567号",
            vec!["icp 京icp证030173号", "public-security 京公网安备11010802034567号"],
        ),
        ("公网安备 44030502008569号", vec!["public-security 公网安备44030502008569号"]),
        ("浙公网安备33010002000092", vec!["public-security 浙公网安备33010002000092"]),
        ("增值电信业务经营许可证：粤B2-20194567", vec!["licence 粤b2-20194567"]),
        ("经营许可证编号 A2.B1.B2-20100001", vec!["licence a2.b1.b2-20100001"]),
        ("网络文化经营许可证：沪网文〔2023〕1187-071号", vec!["licence 沪网文[2023]1187-071号"]),
        ("京网文[2022]第0391-032号", vec!["licence 京网文[2022]第0391-032号"]),
        ("统一社会信用代码：91110108MA01ABCD2X", vec!["licence 91110108ma01abcd2x"]),
        ("国药准字Z20054321", vec!["licence 国药准字z20054321"]),
        ("国药广审（文）第260630-04321号", vec!["licence 国药广审(文)第260630-04321号"]),
        ("粤械广审(文)第261231-00456号", vec!["licence 粤械广审(文)第261231-00456号"]),
        ("鲁（济）医广【2026】第03-11-087号", vec!["licence 鲁(济)医广[2026]第03-11-087号"]),
        ("苏械注准20212140987", vec!["licence 苏械注准20212140987"]),
        ("食品经营许可证：JY13301060123456", vec!["licence jy13301060123456"]),
        ("互联网药品信息服务资格证书 (浙)-经营性-2021-0087", vec!["licence (浙)-经营性-2021-0087"]),
        ("广播电视节目制作经营许可证：（沪）字第03456号", vec!["licence (沪)字第03456号"]),
        ("办学许可证号：教民133010270001234号", vec!["licence 教民133010270001234号"]),
        ("客服热线：400-618-7788", vec!["telephone 400-618-7788"]),
        ("全国统一热线 400 8765 432", vec!["telephone 4008765432"]),
        ("电话:021-62345678转805", vec!["telephone 021-62345678转805"]),
        ("如有疑问请拨打10010", vec!["telephone 10010"]),
        ("客服电话 95588", vec!["telephone 95588"]),
        ("联系电话：13912345678（周一至周五）", vec!["telephone 13912345678"]),
        ("客服电话(7x24小时)：4006123456", vec!["telephone 4006123456"]),
        ("Tel: +1 415 555 0137", vec!["telephone +14155550137"]),
        ("投诉邮箱：tousu@yinhe-keji.cn", vec!["email tousu@yinhe-keji.cn"]),
        ("contact us at Help.Desk@Shop-Example.co.uk", vec!["email help.desk@shop-example.co.uk"]),
        ("公司地址：浙江省杭州市余杭区文一西路969号3幢5层", vec!["address 浙江省杭州市余杭区文一西路969号3幢5层"]),
        ("成都市武侯区天府三街198号", vec!["address 成都市武侯区天府三街198号"]),
        ("住所：上海市浦东新区张江路88号A座", vec!["address 上海市浦东新区张江路88号a座"]),
        ("版权所有 © 2019-2026 杭州银河互动网络科技有限公司", vec!["company 杭州银河互动网络科技有限公司"]),
        ("本活动由深圳市星辰优品商贸有限公司提供", vec!["company 深圳市星辰优品商贸有限公司"]),
        ("中国移动通信集团广东有限公司深圳分公司", vec!["company 中国移动通信集团广东有限公司深圳分公司"]),
        ("运营主体：小熊（天津）信息技术有限责任公司", vec!["company 小熊(天津)信息技术有限责任公司"]),
        ("主办单位:海南青松股权投资合伙企业（有限合伙）", vec!["company 海南青松股权投资合伙企业(有限合伙)"]),
        ("您的信息将提供给北京众信保险经纪有限公司用于回访", vec!["company 北京众信保险经纪有限公司"]),
        ("中国联合网络通信有限公司北京市分公司", vec!["company 中国联合网络通信有限公司北京市分公司"]),
        ("自由之光（苏州）文化传媒有限公司", vec!["company 自由之光(苏州)文化传媒有限公司"]),
        ("© 2026 Bright Lantern Media Co., Ltd. All rights reserved", vec!["company brightlanternmediaco.,ltd."]),
        ("Operated by Northwind Games Inc.", vec!["company northwindgamesinc."]),
        (
            "广州晴天网络有限公司 粤ICP备20123456号-1 客服：020-87654321",
            vec!["company 广州晴天网络有限公司", "icp 粤icp备20123456号-1", "telephone 020-87654321"],
        ),
    ] {
        let read = told(shown);
        if read != expected {
            wrong.push(format!("{shown}: {read:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_only_looks_like_a_fact_is_none() {
    let mut wrong = Vec::new();
    for shown in [
        "免费领取648元礼包",
        "限时2026-11-27至2026-12-31",
        "已有13812345678人次参加",
        "138****8888 刚刚领取成功",
        "订单号 202611270123456789",
        "版本5.1.0",
        "请输入手机号",
        "代办注册有限公司，三天拿证",
        "什么是有限责任公司",
        "本公司保留最终解释权",
        "offer is limited",
        "logo@2x.png",
        "@微博热搜",
        "北京市用户专享",
        "人民路上的好店",
        "客服在线7x24小时",
        "拨打电话免费咨询",
        "许可证齐全，放心购买",
        "充值400元送400元",
        "9.9元包邮到家",
        "每日10点开抢",
        "ICP备案代办",
        "积分10086分",
        "第1001-2000名",
        "1-800人团",
        "热线开通倒计时95天",
        "B2B平台",
        "A2-型号",
        "全国2000家门店",
        "请选择收货地址",
        "24小时内拨打有效",
        "1GB=1024MB",
    ] {
        let read = told(shown);
        if !read.is_empty() {
            wrong.push(format!("{shown}: {read:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_long_hostile_text_costs_little() {
    let text = "有限公司".repeat(200) + &"中国".repeat(300) + &"1-".repeat(300) + &"a@a.".repeat(200);
    let started = std::time::Instant::now();
    within(&text);
    assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
}
