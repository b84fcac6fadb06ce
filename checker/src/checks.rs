//! The list of checks. To add one: its file in `checks/`, its fixtures, and two lines here.

mod category_switch;
mod landing_dead_or_blocked;
mod otp_subscription_trap;
mod price_mismatch;
mod recurring_fee_undisclosed;

use crate::check::Check;

/// Every check, in the order in which findings are told.
pub const ALL: &[&dyn Check] = &[
    &category_switch::CategorySwitch,
    &price_mismatch::PriceMismatch,
    &recurring_fee_undisclosed::RecurringFeeUndisclosed,
    &otp_subscription_trap::OtpSubscriptionTrap,
    &landing_dead_or_blocked::LandingDeadOrBlocked,
];
