//! The list of checks. To add one: its file in `checks/`, its fixtures, and two lines here.

mod absolute_wording;
mod ad_label_missing;
mod affiliate_link_unlabelled;
mod ai_label_missing;
mod category_switch;
mod discount_baseline_unfounded;
mod fake_reward_promise;
mod landing_dead_or_blocked;
mod lottery_always_wins;
mod medical_claim;
mod minor_prohibited_ad;
mod obfuscated_text;
mod otp_subscription_trap;
mod price_mismatch;
mod recurring_fee_undisclosed;
mod result_guarantee_promise;

use crate::check::Check;

/// Every check, in the order in which findings are told.
pub const ALL: &[&dyn Check] = &[
    &category_switch::CategorySwitch,
    &price_mismatch::PriceMismatch,
    &recurring_fee_undisclosed::RecurringFeeUndisclosed,
    &discount_baseline_unfounded::DiscountBaselineUnfounded,
    &lottery_always_wins::LotteryAlwaysWins,
    &otp_subscription_trap::OtpSubscriptionTrap,
    &fake_reward_promise::FakeRewardPromise,
    &landing_dead_or_blocked::LandingDeadOrBlocked,
    &ad_label_missing::AdLabelMissing,
    &affiliate_link_unlabelled::AffiliateLinkUnlabelled,
    &ai_label_missing::AiLabelMissing,
    &absolute_wording::AbsoluteWording,
    &obfuscated_text::ObfuscatedText,
    &minor_prohibited_ad::MinorProhibitedAd,
    &medical_claim::MedicalClaim,
    &result_guarantee_promise::ResultGuaranteePromise,
];
