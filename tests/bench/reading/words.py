"""What the ads of the reading benchmark say: sentences of seven trades, with numbers, prices, dates and names drawn by chance."""

GAMES = ["云海仙踪", "烈焰三国", "深空舰队", "萌宠农场", "剑雨江湖", "方块纪元", "Star Legends", "王者远征", "龙城争霸", "Pixel Quest"]
BRANDS = ["Lenora", "VIVA Plus", "Keymore", "NorthPeak", "Hi-Fit", "Mintly", "OKBank", "JoyTalk", "AeroPay", "TinyMath"]
FIRMS = ["星禾通信", "稳安小贷", "青柠课堂", "银杏健康", "蜂鸟优选", "北辰金服", "麦朵生活", "灵犀科技", "鲸跃网络", "云牙口腔"]
CITIES = ["上海", "广州", "成都", "杭州", "西安", "武汉", "沈阳", "厦门", "长沙", "郑州"]

# {…} is drawn anew each time: see `fill`.
CLAIMS = {
    "game": [
        "登录就送{gift}礼包", "《{game}》全新开服", "首充{small}元送神将", "每天签到领{count}钻石", "{game}限定皮肤免费领",
        "扫码领取{count}连抽", "送你一张SSR卡", "{days}天后关闭入口", "新手注册得{gift}金币", "一刀{count}级全靠运气", "激活码 {code}",
    ],
    "telecom": [
        "{gb}G全国流量", "首月{small}元体验", "月租低至{small}元", "5G畅享套餐{price}元/月", "赠送{count}分钟通话", "{city}用户专享福利",
        "宽带{mega}M免费安装", "话费充{price}送{small}", "流量不限软件不限速", "激活即送{price}元话费", "长期套餐二十年不变",
    ],
    "loan": [
        "最高可借{wan}万元", "年化利率{rate}%起", "日息低至{tiny}%", "{count}秒审批快速到账", "新客免息{days}天", "凭身份证即可申请",
        "随借随还按日计息", "{firm}正规持牌机构", "月供仅需{price}元", "额度{wan}万利息减半",
    ],
    "course": [
        "{days}天学会理财", "{small}元抢{count}节直播课", "零基础转行做设计", "名师一对一辅导", "{brand}英语体验课", "原价{price}现在{small}元",
        "限前{count}名报名", "学不会全额退款", "报名送教材礼盒", "每天{count}分钟轻松学", "{month}月{day}日晚{hour}点开课",
    ],
    "health": [
        "{days}天瘦{small}斤", "专家在线免费问诊", "{firm}体检套餐{price}元", "睡眠改善从今晚开始", "种植牙每颗{price}元起", "{brand}益生菌买一送一",
        "无糖配方老人可用", "三甲医生推荐方案", "近视孩子家长必看", "颈椎腰椎理疗仪",
    ],
    "lottery": [
        "恭喜您获得{wan}万大奖", "转动转盘赢{brand}手机", "红包{cash}元待领取", "{count}人正在抽奖", "现金直接提现到微信", "百分百中奖不落空",
        "还差{tiny}元即可提现", "{month}月{day}日{hour}点开奖", "邀请{small}位好友得{price}元", "看视频每天赚{price}元",
    ],
    "shop": [
        "全场{small}.9元包邮", "第二件半价", "{brand}官方旗舰店", "￥{price}.00", "券后仅{price}元", "满{price}减{small}", "限时{small}折 最后{count}件",
        "工厂直销无中间商", "{city}发货次日达", "Buy 1 Get 1 Free", "{brand} New Arrival", "SALE UP TO {count}% OFF",
    ],
}
BUTTONS = ["立即领取", "马上抢购", "点击下载", "查看额度", "免费试听", "立即办理", "去提现", "我要报名", "0元领取", "Download", "Get it now", "一键测算"]
FINE = [
    "次月起{price}元/月自动续费，可随时退订", "*活动时间：20{yy}年{month}月{day}日至20{yy}年{month2}月{day2}日", "最终解释权归{firm}所有",
    "广告创意，图片仅供参考，请以实物为准", "贷款有风险，借款需谨慎，请根据个人能力合理贷款", "年化利率{rate}%-{rate2}%，具体以审批结果为准",
    "本品为保健食品，不能代替药物", "投资有风险，入市需谨慎", "套餐合约期{count}个月，提前解约需支付违约金{price}元", "奖品概率：一等奖{tiny}%，详情见活动规则",
    "需完成实名认证并充值满{price}元后方可使用", "点击即视为同意《用户协议》和《隐私政策》", "仅限{city}地区新用户参与，每人限领一次",
    "课程到期后按{price}元/月自动扣款", "客服电话：400-{phone}", "数据来源：{firm}20{yy}年用户调研", "效果因人而异，请遵医嘱",
    "超出套餐部分流量按{small}元/GB收取", "Terms apply. Renews at ${price}.99/month", "{brand} is a trademark of {brand} Ltd.",
    "提现门槛{price}元，金币有效期{days}天，过期作废", "演员演绎，非真实案例",
]
TALK = [
    "很多朋友问我这个软件靠不靠谱", "先打开手机搜索{firm}", "点击下方链接就能参加", "我用了{days}天真的有变化", "现在下单还送{brand}水杯",
    "只要{small}块钱就能拿回家", "错过今天再等一年", "你还在花{price}元交话费吗", "家里有老人的一定要看完", "不用出门在家就能赚钱",
    "名额只剩最后{count}个", "填写手机号等待审核", "到账{cash}元就是这么快", "这个价格只有今天有", "看完这条视频你就懂了", "赶紧叫上朋友一起玩",
    "每个月省下{price}元", "老板说卖完这批就涨价", "一部手机就能操作", "直接提现没有套路",
]


def fill(chance, text):
    """The text with every slot drawn."""
    pick = chance.choice
    slots = {
        "gift": lambda: pick(["648", "888", "1280", "3000", "6480"]), "game": lambda: pick(GAMES), "brand": lambda: pick(BRANDS),
        "firm": lambda: pick(FIRMS), "city": lambda: pick(CITIES), "small": lambda: str(chance.randint(0, 19)),
        "price": lambda: str(pick([19, 29, 39, 59, 68, 99, 128, 199, 298, 399, 598, 1980])), "count": lambda: str(chance.randint(10, 999)),
        "days": lambda: str(chance.randint(3, 60)), "code": lambda: "".join(pick("ABCDEFGHJKLMNPQRSTUVWXY3456789") for _ in range(8)),
        "gb": lambda: str(pick([30, 80, 100, 155, 192, 235])), "mega": lambda: str(pick([300, 500, 1000])), "wan": lambda: str(chance.randint(2, 50)),
        "rate": lambda: f"{chance.uniform(3, 9):.1f}", "rate2": lambda: f"{chance.uniform(10, 24):.1f}", "tiny": lambda: f"0.0{chance.randint(1, 9)}",
        "month": lambda: str(chance.randint(1, 12)), "month2": lambda: str(chance.randint(1, 12)), "day": lambda: str(chance.randint(1, 28)),
        "day2": lambda: str(chance.randint(1, 28)), "hour": lambda: str(chance.randint(7, 22)), "yy": lambda: str(chance.randint(24, 27)),
        "cash": lambda: f"{chance.uniform(1, 300):.2f}", "phone": lambda: f"{chance.randint(100, 999)}-{chance.randint(1000, 9999)}",
    }
    while "{" in text:
        name = text[text.index("{") + 1:text.index("}")]
        text = text.replace("{" + name + "}", slots[name](), 1)
    return text


class Words:
    """Sentences that do not come twice until all have come."""

    def __init__(self, chance):
        self.chance, self.left = chance, {}

    def draw(self, name, source):
        if not self.left.get(name):
            self.left[name] = self.chance.sample(source, len(source))
        return fill(self.chance, self.left[name].pop())

    def claim(self, trade):
        return self.draw(trade, CLAIMS[trade])

    def fine(self):
        return self.draw("fine", FINE)

    def button(self):
        return self.draw("button", BUTTONS)

    def talk(self):
        return self.draw("talk", TALK)

    def trade(self):
        return self.chance.choice(list(CLAIMS))
