//! The sort keys of titles.

use std::sync::LazyLock;

use app_domain::MemoryTitle;
use data_encoding::BASE32HEX_NOPAD;
use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};

/// How much of a title decides, in bytes of its sort key: about 60 letters or 30 ideographs. Titles that differ later only are
/// listed in the order of their making.
const MAX_BYTES: usize = 120;

/// Unicode's root collation, which is nobody's language, with numbers by their value. `None` never happens: the data is compiled in.
static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    let mut preferences = CollatorPreferences::default();
    preferences.numeric_ordering = Some(CollationNumericOrdering::True);
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Tertiary);
    Collator::try_new(preferences, options).ok()
});

/// Text that sorts as the title does. Those without a title come last.
pub(crate) fn title_key(title: Option<&MemoryTitle>) -> String {
    let Some(title) = title else { return "U".to_owned() };
    let mut key = Vec::new();
    if let Some(collator) = &*COLLATOR {
        // Writing to a vector cannot fail.
        let Ok(()) = collator.write_sort_key_to(title.as_str(), &mut key);
    }
    key.truncate(MAX_BYTES);
    format!("T{}", BASE32HEX_NOPAD.encode(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_sort_as_people_do() {
        let titles = [
            "🎉 party",
            "2 eggs",
            "10 eggs",
            "ångström",
            "Chapter 1.9",
            "Chapter 1.10",
            "eclair",
            "Éclair",
            "Éclair au chocolat",
            "note 2",
            "Note 2",
            "note 10",
            "Zebra",
            "Привет",
            "日本",
        ];
        let keys: Vec<String> =
            titles.iter().map(|title| title_key(MemoryTitle::parse(title).ok().as_ref())).collect();
        assert!(keys.is_sorted(), "{keys:?}");
        assert!(keys.last() < Some(&title_key(None)));
    }

    #[test]
    fn the_key_of_a_long_title_is_cut() {
        let key = title_key(MemoryTitle::parse(&"é日".repeat(127)).ok().as_ref());
        assert_eq!(key.len(), 1 + MAX_BYTES * 8 / 5);
    }
}
