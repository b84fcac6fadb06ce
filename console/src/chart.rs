//! Charts: what is drawn is computed here, and drawn as SVG by `templates/console/chart.html`.
//!
//! No library draws them: those that write SVG without a browser style their elements themselves (`plotters`), which the policy
//! of the pages forbids and which knows no dark mode, or bring a JavaScript engine along (`charming`).

pub(crate) mod bar;
pub(crate) mod columns;
pub(crate) mod line;
pub(crate) mod parts;
pub(crate) mod rate;
