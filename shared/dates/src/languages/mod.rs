//! What languages say about time, one table each.

mod dutch;
mod english;
mod french;
mod german;
mod italian;
mod portuguese;
mod spanish;

use crate::table::Table;

/// Every language that spans are read in.
pub(crate) const TABLES: &[&Table] = &[
    &english::TABLE,
    &german::TABLE,
    &french::TABLE,
    &spanish::TABLE,
    &italian::TABLE,
    &portuguese::TABLE,
    &dutch::TABLE,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{Names, Slot};
    use crate::pattern::Pattern;

    #[test]
    fn patterns_are_well_formed() {
        for table in TABLES {
            let leads = table.leads.iter().map(|(pattern, _)| pattern);
            let phrases = [table.spans, table.whole, table.shared].concat();
            for pattern in leads.chain(phrases.iter().map(|(pattern, _)| pattern)) {
                // Something must be there, or a search would not get past it.
                assert!(Pattern::parse(pattern).longest(&Names::new(table), &[]).is_none(), "{pattern}");
                let steps = pattern.split(' ').map(|step| step.trim_matches(['(', ')']));
                let mut slots = steps.filter(|step| step.contains(|c: char| c.is_uppercase()));
                assert!(slots.all(|slot| Slot::parse(slot).is_some()), "{pattern}");
            }
        }
    }
}
