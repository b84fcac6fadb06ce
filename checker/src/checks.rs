//! The list of checks. To add one: its file in `checks/`, its fixtures, and two lines here.

mod category_switch;
mod citation_unsupported;
mod coupon_as_cash;
mod free_trial_conversion;
mod gift_mismatch;
mod landing_dead_or_blocked;
mod offer_condition_hidden;
mod offline_condition_hidden;
mod otp_subscription_trap;
mod price_mismatch;
mod product_spec_mismatch;
mod recurring_fee_undisclosed;
mod small_print_contradiction;
mod validity_period_mismatch;

use crate::check::Check;

/// Every check, in the order in which findings are told.
pub const ALL: &[&dyn Check] = &[
    &category_switch::CategorySwitch,
    &product_spec_mismatch::ProductSpecMismatch,
    &price_mismatch::PriceMismatch,
    &recurring_fee_undisclosed::RecurringFeeUndisclosed,
    &free_trial_conversion::FreeTrialConversion,
    &gift_mismatch::GiftMismatch,
    &validity_period_mismatch::ValidityPeriodMismatch,
    &coupon_as_cash::CouponAsCash,
    &offer_condition_hidden::OfferConditionHidden,
    &offline_condition_hidden::OfflineConditionHidden,
    &small_print_contradiction::SmallPrintContradiction,
    &citation_unsupported::CitationUnsupported,
    &otp_subscription_trap::OtpSubscriptionTrap,
    &landing_dead_or_blocked::LandingDeadOrBlocked,
];
