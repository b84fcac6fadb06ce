//! Which fields and buttons belong together.

use super::tree::Tree;

/// The element that makes a form of its parts, and the form's number.
pub(super) struct Forms {
    holders: Vec<usize>,
}

impl Forms {
    /// `submits` are the buttons that could send a form: not those that only send a code.
    pub(super) fn of(tree: &Tree, fields: &[usize], submits: &[usize]) -> Self {
        let mut holders: Vec<usize> = Vec::new();
        for &field in fields {
            let holder = tree
                .up(field)
                .find(|&up| tree.node(up).tag == "form")
                .or_else(|| around(tree, field, submits))
                .unwrap_or(field);
            if !holders.contains(&holder) {
                holders.push(holder);
            }
        }
        // Of nested holders the outer one counts, unless the inner one is a form in its own right.
        let outermost: Vec<usize> = holders
            .iter()
            .copied()
            .filter(|&h| {
                tree.node(h).tag == "form"
                    || !holders
                        .iter()
                        .any(|&other| other != h && tree.within(h, other) && tree.layer(h) == tree.layer(other))
            })
            .collect();
        Self { holders: outermost }
    }

    /// The elements that make forms, in the order of their numbers.
    pub(super) fn holders(&self) -> impl Iterator<Item = (u32, usize)> {
        self.holders.iter().enumerate().filter_map(|(number, &at)| Some((u32::try_from(number).ok()?, at)))
    }

    /// The number of the form a node belongs to.
    pub(super) fn number(&self, tree: &Tree, at: usize) -> Option<u32> {
        let inner = self
            .holders
            .iter()
            .enumerate()
            .filter(|(_, holder)| tree.within(at, **holder))
            .max_by_key(|(_, holder)| **holder);
        inner.and_then(|(number, _)| u32::try_from(number).ok())
    }
}

/// The nearest element above that also holds a button; never beyond the layer.
fn around(tree: &Tree, field: usize, submits: &[usize]) -> Option<usize> {
    let layer = tree.layer(field);
    tree.up(field)
        .skip(1)
        .take_while(|&up| layer.is_none_or(|l| tree.within(up, l)))
        .find(|&up| submits.iter().any(|&button| tree.within(button, up)))
}
