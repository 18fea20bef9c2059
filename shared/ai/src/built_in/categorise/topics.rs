//! What people file things under, and the words that tell.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::concepts::{Concept, Concepts};
use crate::text::fold::{normalise, without_accents};
use crate::text::language::Language;
use crate::text::stem::stem;
use crate::text::tokens::each_token;

static TOPICS: LazyLock<Topics> = LazyLock::new(|| Topics::parse(include_str!("../data/topics.txt")));

/// A part of a compound is at least this long.
const MIN_PART_CHARS: usize = 4;
/// What a part of a compound weighs beside the whole word.
const PART: f32 = 0.7;
/// Words of compounds longer than this are not taken apart.
const MAX_COMPOUND_CHARS: usize = 40;

/// The number of a topic.
pub(super) type Topic = usize;

/// The topics, by their words. Read once from `data/topics.txt`.
pub(super) struct Topics {
    keys: Vec<String>,
    /// By language, stems and the topics they speak for.
    by_stem: [HashMap<String, Vec<Topic>>; Language::COUNT],
    /// By language, the words as they are, for compounds.
    by_word: [HashMap<String, Vec<Topic>>; Language::COUNT],
    by_concept: HashMap<Concept, Vec<Topic>>,
    /// By folded name, in any language.
    by_name: HashMap<String, Vec<Topic>>,
    /// What a topic is called in a language.
    names: HashMap<(Topic, Language), String>,
}

impl Topics {
    pub(super) fn get() -> &'static Self {
        &TOPICS
    }

    fn parse(data: &str) -> Self {
        let mut topics = Self {
            keys: Vec::new(),
            by_stem: std::array::from_fn(|_| HashMap::new()),
            by_word: std::array::from_fn(|_| HashMap::new()),
            by_concept: HashMap::new(),
            by_name: HashMap::new(),
            names: HashMap::new(),
        };
        for line in data.lines().filter(|line| !line.starts_with('#')) {
            let Some((heading, words)) = line.split_once(": ") else {
                continue;
            };
            let mut heading = heading.split(' ');
            let (Some(key), Some(code), Some(class)) = (heading.next(), heading.next(), heading.next())
            else {
                continue;
            };
            let Some(language) = Language::from_code(code) else {
                continue;
            };
            let known = topics.keys.iter().position(|known| known == key);
            let topic = known.unwrap_or_else(|| {
                topics.keys.push(key.to_owned());
                topics.keys.len() - 1
            });
            for word in words.split(' ') {
                topics.learn(topic, language, class == "name", word);
            }
        }
        topics
    }

    fn learn(&mut self, topic: Topic, language: Language, is_name: bool, word: &str) {
        let folded = without_accents(word).into_owned();
        let stemmed = stem(word, language).into_owned();
        if is_name {
            self.names.entry((topic, language)).or_insert_with(|| word.to_owned());
            note(self.by_name.entry(folded.clone()).or_default(), topic);
        }
        if language == Language::English {
            for &concept in Concepts::get().of(&stemmed, language) {
                note(self.by_concept.entry(concept).or_default(), topic);
            }
        }
        note(self.by_stem[language as usize].entry(stemmed).or_default(), topic);
        note(self.by_word[language as usize].entry(folded).or_default(), topic);
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.keys.len()
    }

    /// What a category of this name is about.
    pub(super) fn named(&self, name: &str) -> Vec<Topic> {
        let mut found = Vec::new();
        each_token(&normalise(name), |token| {
            for &topic in self.by_name.get(without_accents(token.text).as_ref()).into_iter().flatten() {
                note(&mut found, topic);
            }
        });
        found
    }

    /// What a topic is called in this language, or else in English.
    pub(super) fn name(&self, topic: Topic, language: Language) -> Option<&str> {
        let name = self.names.get(&(topic, language)).or_else(|| self.names.get(&(topic, Language::English)));
        name.map(String::as_str)
    }

    /// The topics that a word speaks for, and how clearly.
    pub(super) fn of(
        &self,
        folded: &str,
        stem: &str,
        concepts: &[Concept],
        language: Language,
    ) -> (&[Topic], f32) {
        let at = language as usize;
        let known = self.by_stem[at].get(stem).or_else(|| self.by_word[at].get(folded));
        if let Some(topics) = known {
            return (topics, 1.0 / topics.len() as f32);
        }
        if let Some(topics) = concepts.iter().find_map(|concept| self.by_concept.get(concept)) {
            return (topics, 1.0 / topics.len() as f32);
        }
        if language.compounds()
            && let Some(topics) = self.of_part(folded, language)
        {
            return (topics, PART / topics.len() as f32);
        }
        (&[], 0.0)
    }

    /// The topics of the longest word that a compound ends with, or else begins with.
    fn of_part(&self, folded: &str, language: Language) -> Option<&[Topic]> {
        let bounds: Vec<usize> = folded.char_indices().map(|(at, _)| at).take(MAX_COMPOUND_CHARS).collect();
        if bounds.len() < 2 * MIN_PART_CHARS {
            return None;
        }
        let words = &self.by_word[language as usize];
        let inner = &bounds[MIN_PART_CHARS..=bounds.len() - MIN_PART_CHARS];
        let ending = inner.iter().find_map(|&at| words.get(&folded[at..]));
        ending.or_else(|| inner.iter().rev().find_map(|&at| words.get(&folded[..at]))).map(Vec::as_slice)
    }
}

fn note(topics: &mut Vec<Topic>, topic: Topic) {
    if !topics.contains(&topic) {
        topics.push(topic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(word: &str, language: Language) -> Vec<&'static str> {
        let stemmed = stem(word, language);
        let concepts = Concepts::get().of(&stemmed, language);
        let (topics, _) = Topics::get().of(&without_accents(word), &stemmed, concepts, language);
        topics.iter().map(|&topic| Topics::get().keys[topic].as_str()).collect()
    }

    #[test]
    fn words_speak_for_their_topics_in_many_languages() {
        assert_eq!(about("meetings", Language::English), ["work"]);
        assert_eq!(about("flughafen", Language::German), ["travel"]);
        assert_eq!(about("аптека", Language::Russian), ["health"]);
        assert_eq!(about("umbrella", Language::English), [""; 0]);
    }

    #[test]
    fn compounds_speak_for_the_topics_of_their_parts() {
        assert_eq!(about("hausarzt", Language::German), ["health"]);
        assert_eq!(about("reiseapotheke", Language::German), ["health"]);
    }

    #[test]
    fn what_everybody_begins_with_is_known_by_name() {
        for name in ["Work", "Personal", "Family", "Learning", "Travel", "Health", "Finance", "Creative"] {
            assert_eq!(Topics::get().named(name).len(), 1, "{name}");
        }
        assert_eq!(Topics::get().named("Gesundheit"), Topics::get().named("Health"));
    }

    #[test]
    fn every_line_names_a_language_and_a_class() {
        let data = include_str!("../data/topics.txt");
        for line in data.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let heading: Vec<&str> = line.split(": ").next().unwrap_or_default().split(' ').collect();
            let [_, code, class] = heading[..] else { panic!("{line}") };
            assert!(Language::from_code(code).is_some() && matches!(class, "name" | "words"), "{line}");
        }
    }
}
