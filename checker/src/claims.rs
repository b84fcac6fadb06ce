//! From sentences to claims: which slot of an offer each one fills. One slot a file.

mod condition;
mod gift;
mod hearsay;
mod kind;
mod price;
mod quantity;

use model::claim::Claim;
use model::statement::Statement;

use crate::words::Words;

pub(crate) use gift::gift;
pub(crate) use hearsay::{is_quoted_to_deny, is_warned_of};
pub(crate) use kind::{Standing, standings};

/// The term lists that reading and checking need; a lexicon without one of them is refused.
pub(crate) const TERMS: &[&str] = &[
    "negation",
    "restored",
    "first-period",
    "warning",
    "denial",
    "price-reference-before",
    "price-benefit-before",
    "price-benefit-after",
    "price-overage-before",
    "price-overage-after",
    "price-ancillary-before",
    "price-ancillary-after",
    "price-instalment-before",
    "price-instalment-after",
    "price-introductory-before",
    "price-introductory-after",
    "price-recurring-before",
    "price-recurring-after",
    "price-once-before",
    "later-instalments",
    "per-measure-after",
    "fee-name",
    "at-most-before",
    "fee-each-period",
    "fee-waived",
    "nothing-more",
    "price-from",
    "free-word",
    "free-ancillary-after",
    "free-ancillary-before",
    "free-trial",
    "free-plan",
    "later",
    "notice",
    "recurring",
    "renewal",
    "recurring-disclosed",
    "not-a-fee",
    "optional-extra",
    "own-bill",
    "agreement",
    "one-off",
    "carrier-billed",
    "payment-demand",
    "order-words",
    "order-button",
    "sum",
    "nothing-to-pay",
    "total",
    "pay-button",
    "claim-button",
    "harmless-button",
    "code-button",
    "implied-order",
    "paid-service",
    "login-only",
    "gone",
    "gone-other",
    "condition-new-customers",
    "condition-contract",
    "condition-minimum-spend",
    "condition-while-stocks",
    "condition-region",
    "condition-age",
    "condition-time",
    "quantity",
    "recommended",
    "ticker",
    "scan-to-go",
    "get-app",
    "next-step",
    "login-button",
    "one-press-login",
    "operator",
    "company",
    "company-lead",
    "company-common",
    "registration",
    "ai-label",
    "gift-verb",
    "gift-verb-after",
    "gift-deal",
    "gift-none",
    "gift-not-before",
    "gift-filler",
];

/// Every claim in these statements (all of one side), in the order of the statements.
pub fn claims(statements: &[Statement], words: &Words) -> Vec<Claim> {
    let mut claims = Vec::new();
    for at in 0..statements.len() {
        claims.extend(kind::read(statements, at, words));
        claims.extend(price::read(statements, at, words));
        claims.extend(quantity::read(statements, at, words));
        claims.extend(condition::read(statements, at, words));
        claims.extend(gift::read(statements, at, words));
    }
    claims
}

/// The number of characters before a byte of a text.
pub(crate) fn chars_before(text: &str, byte: usize) -> usize {
    text[..byte].chars().count()
}

/// The byte at which a character of a text begins; its length when there are fewer.
pub(crate) fn byte_of(text: &str, char: usize) -> usize {
    text.char_indices().nth(char).map_or(text.len(), |(byte, _)| byte)
}
