//! Orders that a phone number and the code sent to it make, by words that stand elsewhere on the page.

use model::claim::PriceRole;
use model::evidence::PagePlace;
use model::finding::Exhibit;
use model::statement::{Button, Field, FieldKind, Page, Statement};
use model::units::Area;

use crate::asked::is_asked;
use crate::check::Sides;
use crate::exhibit;
use crate::ordered::{declared, declared_behind, names_order};
use crate::side::{PageSide, Sum, area, conspicuous};

/// The form's surroundings: words this far above or below it speak about it. CSS pixels.
const SURROUNDINGS: f64 = 500.0;

/// A form that asks for a phone number, by a button that speaks of no order.
pub(crate) struct PhoneForm<'a> {
    pub(crate) fields: Vec<&'a Field>,
    pub(crate) button: Option<&'a Button>,
    asks_code: bool,
    layer: bool,
    area: Option<Area>,
}

impl<'a> PhoneForm<'a> {
    pub(crate) fn find(page: &PageSide<'a>, sides: &Sides<'_>) -> Option<Self> {
        let page = page.page;
        if !page.fields.iter().any(|field| field.kind == FieldKind::Phone) {
            return Self::known_number(page, sides);
        }
        let phones = page.fields.iter().filter(|field| field.kind == FieldKind::Phone);
        phones.filter_map(|phone| Self::around(phone, page, sides)).max_by_key(|form| (form.asks_code, form.layer))
    }

    /// Where the operator knows the number there is no field: one press is the order.
    fn known_number(page: &'a Page, sides: &Sides<'_>) -> Option<Self> {
        let button = page.buttons.iter().max_by(|a, b| a.size().total_cmp(&b.size()));
        let says_order = page.buttons.iter().any(|button| names_order(button, sides.words));
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

    fn around(phone: &'a Field, page: &'a Page, sides: &Sides<'_>) -> Option<Self> {
        let fields: Vec<_> = page.fields.iter().filter(|field| field.form == phone.form).collect();
        let takes_code = |field: &Field| field.kind == FieldKind::SmsCode || is_for_a_code(field, page, sides);
        // An account's own password is no code, and whoever has a thing sent to them orders by other means.
        let delivers = fields.iter().any(|field| {
            matches!(field.kind, FieldKind::Address | FieldKind::IdCard)
                || (field.kind == FieldKind::Password && !takes_code(field))
        });
        let is_code = |button: &&Button| sides.words.has("code-button", &button.normal.text);
        let own = || page.buttons.iter().filter(|button| button.form == Some(phone.form));
        let asks_code = fields.iter().copied().any(takes_code) || own().any(|button| is_code(&button));
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
        let says_order = in_layer.any(|button| names_order(button, sides.words) && names_fee(button, sides))
            || button.is_some_and(|button| names_order(button, sides.words));
        (!delivers && !says_order).then_some(Self { fields, button, asks_code, layer: phone.layer, area })
    }
}

impl PhoneForm<'_> {
    /// Whether filling it in is enough for an order: a code confirms it, or one press does.
    fn takes_order(&self) -> bool {
        self.asks_code || self.fields.is_empty()
    }
}

/// Whether a field that is read as something else takes what was sent to the phone, by the words right above it: 「加速码」, a
/// PIN that was texted.
fn is_for_a_code(field: &Field, page: &Page, sides: &Sides<'_>) -> bool {
    /// CSS pixels between the words and their field.
    const ABOVE: f64 = 40.0;
    if !matches!(field.kind, FieldKind::Password | FieldKind::Other) {
        return false;
    }
    let says = |text: &str| sides.words.has("code-field", text);
    let Some(place) = field.place.area else { return says(&field.label.to_lowercase()) };
    let above = |area: &Area| area.bottom() <= place.y + place.h && place.y - area.bottom() <= ABOVE;
    says(&field.label.to_lowercase())
        || page.statements.iter().any(|said| area(said).is_some_and(|area| above(&area)) && says(&said.normal.text))
}

fn top(place: &PagePlace) -> f64 {
    place.area.map_or(f64::MAX, |area| area.y)
}

fn names_fee(button: &Button, sides: &Sides<'_>) -> bool {
    sides.words.has("sum", &button.normal.text)
}

/// The words by which the form becomes an order.
pub(crate) struct HiddenOrder {
    pub(crate) exhibit: Exhibit<PagePlace>,
    pub(crate) fee: Option<String>,
    /// The page itself says that the form orders or charges.
    pub(crate) stated: bool,
    /// A person sees it without looking for it.
    pub(crate) plain: bool,
}

/// The order that such a form makes, if the page makes one of it.
pub(crate) fn hidden_order(page: &PageSide<'_>, form: &PhoneForm<'_>, sides: &Sides<'_>) -> Option<HiddenOrder> {
    let words = sides.words;
    let says = |term: &'static str| page.side.statements.iter().any(|said| words.has(term, &said.normal.text));
    // A log-in that says that it costs nothing, on a page that declares no order: the sums there are spoken of.
    if says("login-only") && declared(page, sides).next().is_none() {
        return None;
    }
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
    // No word ties them, but the fee of a service that a code may order stands in small print by a form that has no other purpose.
    let sold_apart =
        page.page.buttons.iter().any(|button| {
            button.form != form.fields.first().map(|field| field.form) && names_order(button, sides.words)
        });
    let beside = fees().find(|sum| {
        beside(sum.statement, form)
            && words.says("paid-service", &sum.statement.normal.text)
            && !conspicuous(sum.statement)
    });
    if let Some(sum) = beside.filter(|_| !sold_apart && form.takes_order()) {
        let exhibit = exhibit::sum_on_page(sum)?;
        return Some(HiddenOrder { exhibit, fee: Some(sum.shown().to_owned()), stated: false, plain: false });
    }
    // An order that an agreement declares, which nobody sees who fills in the form.
    if let Some((document, said)) = declared_behind(None, page, sides).filter(|_| form.takes_order() && !sold_apart) {
        let fee = document.side.to_pay().find(|sum| sum.price.cents > 0);
        return Some(HiddenOrder {
            exhibit: exhibit::said_by_page(said, None)?,
            fee: fee.map(|sum| sum.shown().to_owned()),
            stated: true,
            plain: false,
        });
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
