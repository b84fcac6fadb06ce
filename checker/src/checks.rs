//! The list of checks. To add one: its file in `checks/`, its fixtures, and two lines here.

mod auto_renew_undisclosed;
mod bundled_sale_default;
mod cancel_path_missing;
mod category_switch;
mod fee_disclosure_hidden;
mod landing_dead_or_blocked;
mod otp_subscription_trap;
mod pay_button_disguised;
mod pi_notice_missing;
mod pi_overcollection;
mod preticked_consent;
mod price_mismatch;
mod recurring_fee_undisclosed;
mod second_confirmation_missing;
mod telecom_tariff_disclosure_missing;
mod unfair_terms;

use crate::check::Check;

/// Every check, in the order in which findings are told.
pub const ALL: &[&dyn Check] = &[
    &category_switch::CategorySwitch,
    &price_mismatch::PriceMismatch,
    &recurring_fee_undisclosed::RecurringFeeUndisclosed,
    &otp_subscription_trap::OtpSubscriptionTrap,
    &second_confirmation_missing::SecondConfirmationMissing,
    &telecom_tariff_disclosure_missing::TelecomTariffDisclosureMissing,
    &auto_renew_undisclosed::AutoRenewUndisclosed,
    &cancel_path_missing::CancelPathMissing,
    &preticked_consent::PretickedConsent,
    &bundled_sale_default::BundledSaleDefault,
    &pay_button_disguised::PayButtonDisguised,
    &fee_disclosure_hidden::FeeDisclosureHidden,
    &landing_dead_or_blocked::LandingDeadOrBlocked,
    &pi_overcollection::PiOvercollection,
    &pi_notice_missing::PiNoticeMissing,
    &unfair_terms::UnfairTerms,
];
