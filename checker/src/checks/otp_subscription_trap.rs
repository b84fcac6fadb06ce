//! A form that speaks of logging in or claiming, and orders a paid service.

use model::finding::{Confidence, Exhibit, Finding};

use crate::by_code::{PhoneForm, hidden_order};
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;

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
/// ## What to do instead
/// Say beside the field for the code what the code orders and what it costs each month; ask for a second yes.
///
/// ## What it leaves alone
/// A real log-in, a booking, a coupon; a button that says what it orders with the fee plain above it; a page that sells
/// by a separate, explicit payment; an order form with an address or identity card.
#[derive(Debug)]
pub(super) struct OtpSubscriptionTrap;

impl Check for OtpSubscriptionTrap {
    fn id(&self) -> &'static str {
        "otp-subscription-trap"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["act-orders", "act-pays", "act-of-form", "code-field", "own-act"]
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
