//! A form that speaks of logging in or claiming, and orders a paid service.

use model::claim::PriceRole;
use model::evidence::PagePlace;
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Button, Field, FieldKind, Statement};
use model::units::Area;

use crate::asked::is_asked;
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::{PageSide, Sum, area, conspicuous};

/// ## What it finds
/// A form for a phone number and the code sent to it whose button says 「登录」「领取」「验证」「加速」, while words on the page
/// make of it the order of a paid service.
///
/// ## Why it misleads
/// A code typed into such a form is the consent to a charge on the phone bill. Whoever came to log in does not expect it.
///
/// ## Example
/// Ad: 「WiFi一键加速」 — layer: 「输入手机号 获取验证码 立即加速」, in grey: 「开通××音乐包15元/月」
///
/// ## What it leaves alone
/// A real log-in, a booking, a coupon; a button that says what it orders with the fee plain above it; a page that sells
/// by a separate, explicit payment; an order form with an address or identity card.
#[derive(Debug)]
pub(super) struct OtpSubscriptionTrap;

/// The form's surroundings: words this far above or below it speak about it. CSS pixels.
const SURROUNDINGS: f64 = 500.0;

impl Check for OtpSubscriptionTrap {
    fn id(&self) -> &'static str {
        "otp-subscription-trap"
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl OtpSubscriptionTrap {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let form = PhoneForm::find(page, sides)?;
        let order = hidden_order(page, &form, sides)?;
        if sides.ad_tells_recurring_fee() && order.plain {
            return None;
        }
        if form.fields.is_empty() && !order.stated {
            return None;
        }
        let fields: Vec<_> = form.fields.iter().map(|field| field.label.as_str()).collect();
        let mut finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(order.exhibit)
            .sure(if order.stated { Confidence::High } else { Confidence::Medium })
            .fact("fields", fields)
            .fact("fee", order.fee);
        if let Some(button) = form.button {
            finding = finding.fact("button", &button.label).also(exhibit::button(button));
        }
        for field in form.fields {
            finding = finding.also(Exhibit::new(field.label.clone(), field.place.clone()));
        }
        Some(finding)
    }
}

/// A form that asks for a phone number, by a button that speaks of no order.
struct PhoneForm<'a> {
    fields: Vec<&'a Field>,
    button: Option<&'a Button>,
    asks_code: bool,
    layer: bool,
    area: Option<Area>,
}

impl<'a> PhoneForm<'a> {
    fn find(page: &PageSide<'a>, sides: &Sides<'_>) -> Option<Self> {
        let page = page.page;
        if !page.fields.iter().any(|field| field.kind == FieldKind::Phone) {
            return Self::known_number(page, sides);
        }
        let phones = page.fields.iter().filter(|field| field.kind == FieldKind::Phone);
        phones.filter_map(|phone| Self::around(phone, page, sides)).max_by_key(|form| (form.asks_code, form.layer))
    }

    /// Where the operator knows the number there is no field: one press is the order.
    fn known_number(page: &'a model::statement::Page, sides: &Sides<'_>) -> Option<Self> {
        let button = page.buttons.iter().max_by(|a, b| a.size().total_cmp(&b.size()));
        let says_order = page.buttons.iter().any(|button| orders_plainly(button, sides));
        let area = button.and_then(|button| button.place.area);
        let layer = button.is_some_and(|button| button.layer);
        (!says_order && page.fields.is_empty()).then_some(Self {
            fields: Vec::new(),
            button,
            asks_code: false,
            layer,
            area,
        })
    }

    fn around(phone: &'a Field, page: &'a model::statement::Page, sides: &Sides<'_>) -> Option<Self> {
        let fields: Vec<_> = page.fields.iter().filter(|field| field.form == phone.form).collect();
        let delivers =
            fields.iter().any(|f| matches!(f.kind, FieldKind::Address | FieldKind::IdCard | FieldKind::Password));
        let is_code = |button: &&Button| sides.words.has("code-button", &button.normal.text);
        let own = || page.buttons.iter().filter(|button| button.form == Some(phone.form));
        let asks_code =
            fields.iter().any(|field| field.kind == FieldKind::SmsCode) || own().any(|button| is_code(&button));
        // The button of the form; without one, the nearest below the phone field in the same layer.
        let bottom = phone.place.area.map_or(0.0, |area| area.bottom());
        let button =
            own().filter(|button| !is_code(button)).max_by(|a, b| a.size().total_cmp(&b.size())).or_else(|| {
                page.buttons
                    .iter()
                    .filter(|button| button.layer == phone.layer && !is_code(button))
                    .filter(|button| button.place.area.is_some_and(|area| area.y >= bottom))
                    .min_by(|a, b| top(&a.place).total_cmp(&top(&b.place)))
            });
        let area = fields
            .iter()
            .filter_map(|field| field.place.area)
            .chain(button.and_then(|button| button.place.area))
            .reduce(|a, b| a.union(&b));
        // The order's own button may stand outside the form's box.
        let mut in_layer = page.buttons.iter().filter(|button| button.layer == phone.layer);
        let says_order = in_layer.any(|button| orders_plainly(button, sides) && names_fee(button, sides))
            || button.is_some_and(|button| orders_plainly(button, sides));
        (!delivers && !says_order).then_some(Self { fields, button, asks_code, layer: phone.layer, area })
    }
}

impl PhoneForm<'_> {
    /// Whether filling it in is enough for an order: a code confirms it, or one press does.
    fn takes_order(&self) -> bool {
        self.asks_code || self.fields.is_empty()
    }
}

fn top(place: &PagePlace) -> f64 {
    place.area.map_or(f64::MAX, |area| area.y)
}

/// Whether a button names the order or the payment. 「免费开通」 does not: it says the contrary.
fn orders_plainly(button: &Button, sides: &Sides<'_>) -> bool {
    let label = &button.normal.text;
    sides.words.has("order-button", label)
        && !sides.words.has("free-word", label)
        && !sides.words.has("nothing-to-pay", label)
}

fn names_fee(button: &Button, sides: &Sides<'_>) -> bool {
    sides.words.has("sum", &button.normal.text)
}

/// The words by which the form becomes an order.
struct HiddenOrder {
    exhibit: Exhibit<PagePlace>,
    fee: Option<String>,
    /// The page itself says that the form orders or charges.
    stated: bool,
    /// A person sees it without looking for it.
    plain: bool,
}

fn hidden_order(page: &PageSide<'_>, form: &PhoneForm<'_>, sides: &Sides<'_>) -> Option<HiddenOrder> {
    let words = sides.words;
    let around = |at: usize, term: &'static str| {
        page.side.around(at, 1).iter().any(|statement| words.says(term, &statement.normal.text))
    };
    let fees = || page.side.to_pay().filter(|sum| sum.price.cents > 0 && is_asked(sum, page, words));
    let again = |sum: &Sum<'_>| sum.price.role == PriceRole::Recurring;
    let stated = fees().find(|sum| {
        let at = sum.claim.statement;
        // Without a field, the words must say that pressing orders: many pages mention the phone bill.
        (around(at, "carrier-billed") && !form.fields.is_empty())
            // A number left without a code orders nothing that is paid once: somebody will call.
            || ((form.takes_order() || again(sum)) && around(at, "implied-order") && around(at, "paid-service"))
    });
    if let Some(sum) = stated {
        let exhibit = exhibit::sum_on_page(sum)?;
        return Some(HiddenOrder {
            exhibit,
            fee: Some(sum.shown().to_owned()),
            stated: true,
            plain: conspicuous(sum.statement),
        });
    }
    // No word ties them, but the fee of a service stands in small print by a form that has no other purpose.
    let sold_apart = page
        .page
        .buttons
        .iter()
        .any(|button| button.form != form.fields.first().map(|field| field.form) && orders_plainly(button, sides));
    let beside = fees().find(|sum| {
        beside(sum.statement, form)
            && words.says("paid-service", &sum.statement.normal.text)
            && !conspicuous(sum.statement)
    });
    if let Some(sum) = beside.filter(|sum| !sold_apart && (form.takes_order() || again(sum))) {
        let exhibit = exhibit::sum_on_page(sum)?;
        return Some(HiddenOrder { exhibit, fee: Some(sum.shown().to_owned()), stated: false, plain: false });
    }
    // An order declared without its price: 「点击登录即视为订购…业务，资费以短信为准」.
    let declared = page.side.statements.iter().find(|statement| {
        let text = &statement.normal.text;
        words.says("implied-order", text) && words.says("carrier-billed", text) && !words.has("login-only", text)
    })?;
    Some(HiddenOrder {
        exhibit: exhibit::said_by_page(declared, None)?,
        fee: None,
        stated: true,
        plain: conspicuous(declared),
    })
}

/// Whether a sentence stands by the form: in its layer, or within its surroundings.
fn beside(statement: &Statement, form: &PhoneForm<'_>) -> bool {
    if form.layer && statement.visibility.layer {
        return true;
    }
    let (Some(form), Some(text)) = (form.area, area(statement)) else {
        return false;
    };
    text.bottom() >= form.y - SURROUNDINGS && text.y <= form.bottom() + SURROUNDINGS
}
