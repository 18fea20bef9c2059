//! Words that carry grammar rather than a topic, and the words that say what kind of answer a question wants.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use crate::fold::without_accents;
use crate::language::Language;

static WORDS: LazyLock<FunctionWords> =
    LazyLock::new(|| FunctionWords::parse(include_str!("data/function_words.txt")));

/// How much a word says about the topic of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Grammar.
    None,
    /// Asking for a memory: no topic in a question, an ordinary word in a memory.
    Asking,
    /// So general that matching it proves little.
    Weak,
    /// A topic.
    Full,
}

/// What kind of answer a question wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Somebody.
    Person,
    /// A day, a date or an hour.
    Time,
    /// A place.
    Place,
    /// How many or how much.
    Number,
    /// The question does not say.
    Anything,
}

/// Questions of unspaced scripts are recognised by what they contain. Longer phrases come before those they hold.
const UNSPACED: &[(&str, Wanted)] = &[
    ("什么时候", Wanted::Time),
    ("什麼時候", Wanted::Time),
    ("几点", Wanted::Time),
    ("哪天", Wanted::Time),
    ("何时", Wanted::Time),
    ("いつ", Wanted::Time),
    ("何時", Wanted::Time),
    ("何日", Wanted::Time),
    ("哪里", Wanted::Place),
    ("哪儿", Wanted::Place),
    ("哪裡", Wanted::Place),
    ("どこ", Wanted::Place),
    ("多少", Wanted::Number),
    ("多久", Wanted::Number),
    ("几个", Wanted::Number),
    ("いくら", Wanted::Number),
    ("いくつ", Wanted::Number),
    ("何人", Wanted::Number),
    ("谁", Wanted::Person),
    ("誰", Wanted::Person),
    ("だれ", Wanted::Person),
];

/// The words, by language. Read once from `data/function_words.txt`.
pub struct FunctionWords {
    weights: [HashMap<String, Weight>; Language::COUNT],
    /// Phrases with `_` between their words.
    wanted: [HashMap<String, Wanted>; Language::COUNT],
    /// Words that ask for what was saved last.
    recent: [HashSet<String>; Language::COUNT],
    /// Words that, at the beginning of a sentence, refer to the one before.
    anaphors: [HashSet<String>; Language::COUNT],
    /// For every word here, one bit per language that has it.
    languages: HashMap<String, u32>,
}

impl FunctionWords {
    /// All of them.
    pub fn get() -> &'static Self {
        &WORDS
    }

    fn parse(data: &str) -> Self {
        let mut words = Self {
            weights: std::array::from_fn(|_| HashMap::new()),
            wanted: std::array::from_fn(|_| HashMap::new()),
            recent: std::array::from_fn(|_| HashSet::new()),
            anaphors: std::array::from_fn(|_| HashSet::new()),
            languages: HashMap::new(),
        };
        for line in data.lines().filter(|line| !line.starts_with('#')) {
            let Some((heading, list)) = line.split_once(": ") else {
                continue;
            };
            let Some((code, class)) = heading.split_once(' ') else {
                continue;
            };
            let Some(language) = Language::from_code(code) else {
                continue;
            };
            let at = language as usize;
            for word in list.split(' ') {
                let folded = without_accents(word).into_owned();
                let wanted = match class {
                    "anaphor" => {
                        words.anaphors[at].insert(folded);
                        continue;
                    }
                    "who" => Wanted::Person,
                    "when" => Wanted::Time,
                    "where" => Wanted::Place,
                    "number" => Wanted::Number,
                    _ => {
                        let weight = match class {
                            "stop" => Weight::None,
                            "ask" => Weight::Asking,
                            _ => Weight::Weak,
                        };
                        if class == "recent" {
                            words.recent[at].insert(folded.clone());
                        }
                        *words.languages.entry(folded.clone()).or_default() |= 1 << at;
                        // The first class that names a word keeps it: grammar comes first in the file.
                        words.weights[at].entry(folded).or_insert(weight);
                        continue;
                    }
                };
                if !folded.contains('_') {
                    words.weights[at].entry(folded.clone()).or_insert(Weight::None);
                }
                words.wanted[at].insert(folded, wanted);
            }
        }
        words
    }

    /// How much a folded word says in this language.
    pub fn weight(&self, folded: &str, language: Language) -> Weight {
        self.weights[language as usize].get(folded).copied().unwrap_or(Weight::Full)
    }

    /// Whether a folded word asks for what was saved last.
    pub fn asks_for_recent(&self, folded: &str, language: Language) -> bool {
        self.recent[language as usize].contains(folded)
    }

    /// Whether a folded word, at the beginning of a sentence, refers to the one before.
    pub fn refers_back(&self, folded: &str, language: Language) -> bool {
        self.anaphors[language as usize].contains(folded)
    }

    /// One bit for every language that lists this folded word.
    pub fn languages_of(&self, folded: &str) -> u32 {
        self.languages.get(folded).copied().unwrap_or(0)
    }

    /// What kind of answer a question wants, and how many of its words from which one on say so. The first question word
    /// decides; a phrase goes before its parts.
    pub fn wanted(
        &self,
        question: &str,
        folded_words: &[String],
        language: Language,
    ) -> (Wanted, Range<usize>) {
        let known = &self.wanted[language as usize];
        for from in 0..folded_words.len() {
            for length in (1..=3).rev() {
                let phrase = folded_words.get(from..from + length).map(|words| words.join("_"));
                if let Some(wanted) = phrase.and_then(|phrase| known.get(&phrase)) {
                    return (*wanted, from..from + length);
                }
            }
        }
        let unspaced = UNSPACED.iter().find(|(phrase, _)| question.contains(phrase));
        (unspaced.map_or(Wanted::Anything, |(_, wanted)| *wanted), 0..0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(question: &str, language: Language) -> Wanted {
        let words: Vec<String> = question
            .to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| without_accents(word).into_owned())
            .collect();
        FunctionWords::get().wanted(question, &words, language).0
    }

    #[test]
    fn question_words_tell_the_kind_of_answer() {
        assert_eq!(wanted("Who fixed it?", Language::English), Wanted::Person);
        assert_eq!(wanted("What time is it?", Language::English), Wanted::Time);
        assert_eq!(wanted("How many eggs?", Language::English), Wanted::Number);
        assert_eq!(wanted("Wie viele Eier?", Language::German), Wanted::Number);
        assert_eq!(wanted("Où est le chat ?", Language::French), Wanted::Place);
        assert_eq!(wanted("¿A qué hora?", Language::Spanish), Wanted::Time);
        assert_eq!(wanted("ワクチンはいつですか", Language::Japanese), Wanted::Time);
        assert_eq!(wanted("What is it?", Language::English), Wanted::Anything);
    }

    #[test]
    fn grammar_words_weigh_nothing_and_topics_weigh_fully() {
        let words = FunctionWords::get();
        assert_eq!(words.weight("the", Language::English), Weight::None);
        assert_eq!(words.weight("remember", Language::English), Weight::Asking);
        assert_eq!(words.weight("number", Language::English), Weight::Weak);
        assert_eq!(words.weight("passport", Language::English), Weight::Full);
    }
}
