//! Words of everyday life that stand for one another, within and across languages: `birthday`, `born`, `Geburtstag`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::language::Language;
use super::stem::stem;

static CONCEPTS: LazyLock<Concepts> = LazyLock::new(|| Concepts::parse(include_str!("data/concepts.txt")));

/// The number of a line of concepts.
pub(crate) type Concept = u16;

/// Which concepts a word may stand for. Read once from `data/concepts.txt`.
pub(crate) struct Concepts {
    by_stem: [HashMap<String, Vec<Concept>>; Language::COUNT],
}

impl Concepts {
    pub(crate) fn get() -> &'static Self {
        &CONCEPTS
    }

    fn parse(data: &str) -> Self {
        let mut concepts = Self { by_stem: std::array::from_fn(|_| HashMap::new()) };
        let lines = data.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for (concept, line) in (0..).zip(lines) {
            for section in line.split("; ") {
                let mut words = section.split(' ');
                let Some(language) = words.next().and_then(Language::from_code) else {
                    continue;
                };
                for word in words {
                    let stem = stem(word, language).into_owned();
                    let known = concepts.by_stem[language as usize].entry(stem).or_default();
                    if !known.contains(&concept) {
                        known.push(concept);
                    }
                }
            }
        }
        concepts
    }

    /// The concepts of a stemmed word.
    pub(crate) fn of(&self, stem: &str, language: Language) -> &[Concept] {
        self.by_stem[language as usize].get(stem).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concepts(word: &str, language: Language) -> &'static [Concept] {
        Concepts::get().of(&stem(word, language), language)
    }

    #[test]
    fn synonyms_share_a_concept_within_and_across_languages() {
        let birthday = concepts("birthday", Language::English);
        assert!(!birthday.is_empty());
        assert_eq!(concepts("born", Language::English), birthday);
        assert_eq!(concepts("geburtstag", Language::German), birthday);
        assert_eq!(concepts("anniversaire", Language::French), birthday);
    }

    #[test]
    fn ordinary_words_have_no_concept() {
        assert!(concepts("mongolia", Language::English).is_empty());
    }

    #[test]
    fn every_line_names_known_languages() {
        let data = include_str!("data/concepts.txt");
        for line in data.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            for section in line.split("; ") {
                let code = section.split(' ').next().unwrap_or_default();
                assert!(Language::from_code(code).is_some(), "{section}");
            }
        }
    }
}
