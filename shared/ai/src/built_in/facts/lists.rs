//! The words that facts are told by. Read once from `data/fact_words.txt`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists::parse(include_str!("../data/fact_words.txt")));

/// What kind of value somebody's thing has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Place,
    Name,
    Date,
    Number,
    Thing,
    /// Anything that has a digit, a capital or an `@`.
    Any,
    Occupation,
    Diet,
    Language,
    Allergy,
}

impl Kind {
    pub(super) fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "place" => Self::Place,
            "name" => Self::Name,
            "date" => Self::Date,
            "number" => Self::Number,
            "thing" => Self::Thing,
            "any" => Self::Any,
            "occupation" => Self::Occupation,
            "diet" => Self::Diet,
            "language" => Self::Language,
            "allergy" => Self::Allergy,
            _ => return None,
        })
    }
}

/// All of them, folded.
pub(super) struct Lists {
    lists: HashMap<&'static str, HashSet<&'static str>>,
    relations: HashMap<&'static str, &'static str>,
    favourites: HashMap<&'static str, &'static str>,
    possessions: HashMap<&'static str, (Kind, &'static str)>,
}

impl Lists {
    pub(super) fn get() -> &'static Self {
        &LISTS
    }

    fn parse(data: &'static str) -> Self {
        let mut lists = Self {
            lists: HashMap::new(),
            relations: HashMap::new(),
            favourites: HashMap::new(),
            possessions: HashMap::new(),
        };
        for line in data.lines().filter(|line| !line.starts_with('#')) {
            let Some((heading, words)) = line.split_once(": ") else {
                continue;
            };
            let Some((class, name)) = heading.split_once(' ') else {
                continue;
            };
            for word in words.split(' ') {
                match class {
                    "relation" => {
                        lists.relations.entry(word).or_insert(name);
                    }
                    "favourite" => {
                        lists.favourites.entry(word).or_insert(name);
                    }
                    "what" => {
                        if let Some((kind, name)) = name.split_once(' ')
                            && let Some(kind) = Kind::from_key(kind)
                        {
                            lists.possessions.entry(word).or_insert((kind, name));
                        }
                    }
                    _ => {
                        let list = if class == "list" { name } else { class };
                        lists.lists.entry(list).or_default().insert(word);
                    }
                }
            }
        }
        lists
    }

    /// Whether a folded word is on a list.
    pub(super) fn has(&self, list: &str, word: &str) -> bool {
        self.lists.get(list).is_some_and(|words| words.contains(word))
    }

    /// Whether a folded word ends like those on a list.
    pub(super) fn ends_like(&self, list: &str, word: &str) -> bool {
        self.lists.get(list).into_iter().flatten().any(|ending| word.ends_with(ending))
    }

    /// What somebody is to the person, in English.
    pub(super) fn relation(&self, words: &str) -> Option<&'static str> {
        self.relations.get(words).copied()
    }

    /// What one has a favourite of, in English.
    pub(super) fn favourite(&self, word: &str) -> Option<&'static str> {
        self.favourites.get(word).copied()
    }

    /// Something that one has, in English, and the kind of its value.
    pub(super) fn possession(&self, words: &str) -> Option<(Kind, &'static str)> {
        self.possessions.get(words).copied()
    }
}
