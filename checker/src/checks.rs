//! The list of checks. To add one: its file in `checks/`, its fixtures, and two lines here.

mod app_deeplink_hijack;
mod auto_download;
mod back_button_hijack;
mod brand_impersonation;
mod category_switch;
mod cloaking;
mod close_not_one_click;
mod fake_control_button;
mod fake_countdown_scarcity;
mod fake_system_ui;
mod forced_redirect;
mod landing_changed_after_approval;
mod landing_dead_or_blocked;
mod operator_entity_mismatch;
mod operator_info_missing;
mod otp_subscription_trap;
mod price_mismatch;
mod private_channel_detour;
mod recurring_fee_undisclosed;

use crate::check::Check;

/// Every check, in the order in which findings are told.
pub const ALL: &[&dyn Check] = &[
    &category_switch::CategorySwitch,
    &price_mismatch::PriceMismatch,
    &recurring_fee_undisclosed::RecurringFeeUndisclosed,
    &otp_subscription_trap::OtpSubscriptionTrap,
    &operator_entity_mismatch::OperatorEntityMismatch,
    &brand_impersonation::BrandImpersonation,
    &operator_info_missing::OperatorInfoMissing,
    &fake_system_ui::FakeSystemUi,
    &fake_control_button::FakeControlButton,
    &close_not_one_click::CloseNotOneClick,
    &forced_redirect::ForcedRedirect,
    &auto_download::AutoDownload,
    &app_deeplink_hijack::AppDeeplinkHijack,
    &back_button_hijack::BackButtonHijack,
    &fake_countdown_scarcity::FakeCountdownScarcity,
    &cloaking::Cloaking,
    &landing_changed_after_approval::LandingChangedAfterApproval,
    &landing_dead_or_blocked::LandingDeadOrBlocked,
    &private_channel_detour::PrivateChannelDetour,
];
