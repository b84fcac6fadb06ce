"""What the landing pages sell: twenty offers of invented firms, and the sentences that every such page has."""

# name, claim, price, old price, button, template, language
OFFERS = [
    ("星禾流量卡", "192G 全国流量 首月免费", "9", "39", "0元领卡", "long", "zh"),
    ("青柠读书会", "21天精读训练营", "9.9", "299", "立即报名", "course", "zh"),
    ("麦朵鲜果", "现摘阳光玫瑰 2斤装", "39.8", "88", "立即抢购", "shop", "zh"),
    ("稳安保", "百万医疗险 每月低至", "1.2", "38", "立即投保", "form", "zh"),
    ("雪岭足球", "登录即送传说球员", "0", "648", "下载领取", "game", "zh"),
    ("北辰装饰", "全屋整装 报价一口价", "59800", "89800", "免费量房", "form", "zh"),
    ("小鹭英语", "外教一对一体验课", "0", "199", "免费领课", "course", "zh"),
    ("好汽到家", "洗车打蜡上门服务", "19", "99", "马上预约", "shop", "zh"),
    ("Fernhill Mattress", "100 nights to try it", "399", "899", "Order now", "shop", "en"),
    ("Brightleaf VPN", "Stream and browse in private", "2.49", "11.99", "Get the deal", "form", "en"),
    ("极客手表", "十四天续航 血氧监测", "499", "899", "立即购买", "shop", "zh"),
    ("九秋茶园", "明前龙井 茶农直发", "128", "268", "限时抢购", "long", "zh"),
    ("云牙齿科", "种植牙 半口方案", "3980", "9800", "预约专家", "form", "zh"),
    ("鲸跃健身", "年卡限时团购", "599", "1899", "抢购年卡", "shop", "zh"),
    ("Pocket Chef", "Dinner kits from $4.99 a serving", "4.99", "9.99", "Claim 50% off", "course", "en"),
    ("灵犀办公", "一年会员 送一年", "98", "196", "立即开通", "app", "zh"),
    ("蜂鸟相机租赁", "微单日租", "68", "168", "免押租用", "shop", "zh"),
    ("悠然护肤", "烟酰胺精华 买一送一", "59", "169", "抢购", "long", "zh"),
    ("快送加盟", "零经验可做 月入看得见", "0", "3000", "我要加盟", "app", "zh"),
    ("银杏养老", "社区日间照护 体验三天", "0", "300", "预约参观", "form", "zh"),
]

SENTENCES = {
    "zh": [
        "下单后四十八小时内发货，偏远地区除外。", "活动期间每人限购一份，数量有限，先到先得。",
        "本页面所示价格为首月优惠价，次月起恢复原价。", "图片仅供参考，请以收到的实物为准。",
        "客服工作时间为每日九点至二十一点。", "已有超过二十万名用户选择我们的服务。", "支持七天无理由退换货，运费由买家承担。",
        "请填写真实信息，我们会在一个工作日内与您联系。", "本活动最终解释权归主办方所有。", "到期前一天将自动续费，可随时在设置中取消。",
        "老师耐心，孩子喜欢，已经推荐给邻居了。", "包装很严实，第二天就到了，味道不错。", "比店里便宜一半，客服态度也好，会回购。",
        "产地直发，坏果包赔，收货后二十四小时内联系即可。", "提交即表示同意《用户服务协议》与《隐私政策》。",
    ],
    "en": [
        "Free delivery on orders over $50, remote areas excluded.", "Price shown is for the first month; renews at the regular price.",
        "Offer limited to one per household while stocks last.", "Cancel any time before the end of the trial.",
        "Rated 4.8 out of 5 by more than twelve thousand customers.", "Results may vary. Pictures are for illustration only.",
        "Arrived on time and exactly as described. Would buy again.", "By continuing you agree to our Terms and Privacy Notice.",
        "Our support team answers every day from nine to nine.", "Thirty-day money-back guarantee, no questions asked.",
    ],
}
