//! How people say things about themselves, and finding it in a sentence.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::lists::Kind;
use super::matcher::{Matcher, is_somebody};
use super::tokens::Token;

static PATTERNS: LazyLock<Patterns> =
    LazyLock::new(|| Patterns::parse(include_str!("../data/fact_patterns.txt")));

/// A part of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Part {
    One(Vec<&'static str>),
    Maybe(Vec<&'static str>),
    Skip,
    Who,
    Relation,
    Favourite,
    What,
    /// A value; its kind is that of the `{what}` before it if there is none.
    Value(Option<Kind>),
}

/// A way to say something.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The code of its language.
    pub(super) language: &'static str,
    pub(super) attribute: String,
    pub(super) certainty: f32,
    pub(super) replaces: bool,
    pub(super) ends: bool,
    /// How many of its parts have to be there.
    pub(super) exactness: usize,
    pub(super) parts: Vec<Part>,
}

/// What was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) language: &'static str,
    pub(super) words: Range<usize>,
    pub(super) subject: Option<Subject>,
    pub(super) attribute: String,
    pub(super) value: Range<usize>,
    pub(super) certainty: f32,
    pub(super) replaces: bool,
    pub(super) ends: bool,
}

/// Somebody who is not the person.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// What they are to the person.
    pub(super) relation: Option<&'static str>,
    /// Their name.
    pub(super) name: Option<Range<usize>>,
    pub(super) end: usize,
}

/// All of them, by the word that they begin with.
pub(super) struct Patterns {
    by_first: HashMap<&'static str, Vec<Pattern>>,
    of_others: Vec<Pattern>,
}

impl Patterns {
    pub(super) fn get() -> &'static Self {
        &PATTERNS
    }

    fn parse(data: &'static str) -> Self {
        let mut patterns = Self { by_first: HashMap::new(), of_others: Vec::new() };
        for line in data.lines().filter(|line| !line.starts_with('#')) {
            let Some(pattern) = read(line) else {
                continue;
            };
            match pattern.parts.first() {
                Some(Part::One(words)) => {
                    for &word in words {
                        patterns.by_first.entry(word).or_default().push(pattern.clone());
                    }
                }
                _ => patterns.of_others.push(pattern),
            }
        }
        patterns
    }

    /// What is said from word `at` on. Of several patterns the most exact one decides.
    pub(super) fn find(&self, sentence: &str, tokens: &[Token], at: usize) -> Option<Found> {
        let own = self.by_first.get(tokens[at].word.as_str()).into_iter().flatten();
        let others: &[Pattern] = if is_somebody(sentence, tokens, at) { &self.of_others } else { &[] };
        let mut best: Option<(usize, Found)> = None;
        for pattern in own.chain(others) {
            if best.as_ref().is_none_or(|(other, _)| pattern.exactness > *other)
                && let Some(found) = Matcher::new(sentence, tokens, pattern).find(at)
            {
                best = Some((pattern.exactness, found));
            }
        }
        best.map(|(_, found)| found)
    }
}

fn read(line: &'static str) -> Option<Pattern> {
    let (heading, parts) = line.split_once(": ")?;
    let mut heading = heading.split(' ');
    let language = heading.next()?;
    let attribute = heading.next()?.replace('_', " ");
    let certainty: f32 = heading.next()?.parse().ok()?;
    let flag = heading.next();
    let parts: Vec<Part> = parts.split(' ').map(part).collect();
    Some(Pattern {
        language,
        attribute,
        certainty: certainty / 100.0,
        replaces: flag == Some("replaces"),
        ends: flag == Some("ends"),
        exactness: parts.iter().filter(|part| !matches!(part, Part::Maybe(_) | Part::Skip)).count(),
        parts,
    })
}

fn part(text: &'static str) -> Part {
    let slot = text.strip_prefix('{').and_then(|slot| slot.strip_suffix('}'));
    match slot {
        Some("_") => Part::Skip,
        Some("who") => Part::Who,
        Some("relation") => Part::Relation,
        Some("favourite") => Part::Favourite,
        Some("what") => Part::What,
        Some(kind) => Part::Value(Kind::from_key(kind)),
        None => match text.strip_prefix('?') {
            Some(words) => Part::Maybe(words.split('|').collect()),
            None => Part::One(text.split('|').collect()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_can_be_read_and_tells_something() {
        let lines = include_str!("../data/fact_patterns.txt").lines();
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let pattern = read(line).unwrap();
            let names_attribute = pattern.attribute != "-"
                || pattern
                    .parts
                    .iter()
                    .any(|part| matches!(part, Part::Relation | Part::Favourite | Part::What));
            let values = pattern.parts.iter().filter(|part| matches!(part, Part::Value(_))).count();
            let has_kind = pattern.parts.iter().any(|part| matches!(part, Part::What))
                || pattern.parts.iter().all(|part| !matches!(part, Part::Value(None)));
            assert!(names_attribute && values == 1 && has_kind, "{line}");
            assert!((0.5..=1.0).contains(&pattern.certainty), "{line}");
        }
    }
}
