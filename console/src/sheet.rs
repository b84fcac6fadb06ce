//! A plain sheet of names and values, to print and to file: no script, no picture, nothing from elsewhere.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;

/// A sheet with its sections.
#[derive(Clone, Debug, Serialize)]
pub struct Sheet {
    title: String,
    sections: Vec<Section>,
}

/// Rows under one heading.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    title: String,
    rows: Vec<(String, String)>,
}

impl Sheet {
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), sections: Vec::new() }
    }

    pub fn add(&mut self, section: Section) {
        self.sections.push(section);
    }

    /// The whole page.
    pub fn html(&self) -> String {
        let mut pages = Environment::new();
        pages.set_undefined_behavior(UndefinedBehavior::Strict);
        pages.set_auto_escape_callback(|_| AutoEscape::Html);
        let template = pages.template_from_str(include_str!("../templates/sheet.html"));
        let page = template.and_then(|template| template.render(context! { sheet => Serde(self) }));
        page.expect("internal error: the template of the sheet is tested")
    }
}

impl Section {
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), rows: Vec::new() }
    }

    pub fn row(&mut self, name: &str, value: &str) {
        self.rows.push((name.to_owned(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_said_stays_text() {
        let mut sheet = Sheet::new("<b>Sheet</b>");
        let mut section = Section::new("One");
        section.row("quote", "<script>alert(1)</script>\n& \"more\"");
        sheet.add(section);
        let html = sheet.html();
        assert!(!html.contains("<script>") && !html.contains("<b>Sheet"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(1)"), "{html}");
    }
}
