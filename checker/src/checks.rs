//! The list of checks. To add one: its file in `checks/`, its fixtures, and two lines here.

mod absolute_wording;
mod ad_label_missing;
mod affiliate_link_unlabelled;
mod ai_label_missing;
mod app_deeplink_hijack;
mod auto_download;
mod auto_renew_undisclosed;
mod back_button_hijack;
mod brand_impersonation;
mod bundled_sale_default;
mod cancel_path_missing;
mod category_switch;
mod citation_unsupported;
mod cloaking;
mod close_not_one_click;
mod coupon_as_cash;
mod discount_baseline_unfounded;
mod fake_control_button;
mod fake_countdown_scarcity;
mod fake_reward_promise;
mod fake_social_proof;
mod fake_system_ui;
mod fee_disclosure_hidden;
mod forced_redirect;
mod free_trial_conversion;
mod gift_mismatch;
mod landing_changed_after_approval;
mod landing_dead_or_blocked;
mod licence_or_approval_missing;
mod lottery_always_wins;
mod medical_claim;
mod minor_prohibited_ad;
mod obfuscated_text;
mod offer_condition_hidden;
mod offline_condition_hidden;
mod operator_entity_mismatch;
mod operator_info_missing;
mod otp_subscription_trap;
mod pay_button_disguised;
mod pi_notice_missing;
mod pi_overcollection;
mod preticked_consent;
mod price_mismatch;
mod private_channel_detour;
mod product_spec_mismatch;
mod recurring_fee_undisclosed;
mod result_guarantee_promise;
mod second_confirmation_missing;
mod small_print_contradiction;
mod telecom_tariff_disclosure_missing;
mod unfair_terms;
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
    &discount_baseline_unfounded::DiscountBaselineUnfounded,
    &lottery_always_wins::LotteryAlwaysWins,
    &small_print_contradiction::SmallPrintContradiction,
    &citation_unsupported::CitationUnsupported,
    &otp_subscription_trap::OtpSubscriptionTrap,
    &second_confirmation_missing::SecondConfirmationMissing,
    &telecom_tariff_disclosure_missing::TelecomTariffDisclosureMissing,
    &auto_renew_undisclosed::AutoRenewUndisclosed,
    &cancel_path_missing::CancelPathMissing,
    &preticked_consent::PretickedConsent,
    &bundled_sale_default::BundledSaleDefault,
    &pay_button_disguised::PayButtonDisguised,
    &fee_disclosure_hidden::FeeDisclosureHidden,
    &operator_entity_mismatch::OperatorEntityMismatch,
    &brand_impersonation::BrandImpersonation,
    &operator_info_missing::OperatorInfoMissing,
    &licence_or_approval_missing::LicenceOrApprovalMissing,
    &fake_system_ui::FakeSystemUi,
    &fake_control_button::FakeControlButton,
    &close_not_one_click::CloseNotOneClick,
    &fake_reward_promise::FakeRewardPromise,
    &forced_redirect::ForcedRedirect,
    &auto_download::AutoDownload,
    &app_deeplink_hijack::AppDeeplinkHijack,
    &back_button_hijack::BackButtonHijack,
    &fake_countdown_scarcity::FakeCountdownScarcity,
    &fake_social_proof::FakeSocialProof,
    &cloaking::Cloaking,
    &landing_changed_after_approval::LandingChangedAfterApproval,
    &landing_dead_or_blocked::LandingDeadOrBlocked,
    &private_channel_detour::PrivateChannelDetour,
    &ad_label_missing::AdLabelMissing,
    &affiliate_link_unlabelled::AffiliateLinkUnlabelled,
    &ai_label_missing::AiLabelMissing,
    &absolute_wording::AbsoluteWording,
    &obfuscated_text::ObfuscatedText,
    &pi_overcollection::PiOvercollection,
    &pi_notice_missing::PiNoticeMissing,
    &minor_prohibited_ad::MinorProhibitedAd,
    &medical_claim::MedicalClaim,
    &result_guarantee_promise::ResultGuaranteePromise,
    &unfair_terms::UnfairTerms,
];

/// Checks of the catalogue that are not here, each with the reason.
pub const NOT_BUILT: &[(&str, &str)] = &[
    (
        "redirect-chain-opaque",
        "a long chain is no harm by itself: what it hides is found by the checks on who is behind the page",
    ),
    ("ai-impersonated-endorser", "one look cannot tell whose face or voice it is, nor whether that person agreed"),
];
