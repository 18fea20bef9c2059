//! Laying a pattern over the words of a sentence.

use std::ops::Range;

use super::lists::{Kind, Lists};
use super::patterns::{Found, Part, Pattern, Subject};
use super::tokens::Token;
use super::values::value;

/// Words of no interest that a pattern may step over.
const MAX_SKIPPED: usize = 4;
/// Words that a value in the midst of a pattern may have.
const MAX_INNER: usize = 5;

/// Whether somebody else is spoken of from here on: the patterns of others need not be tried otherwise.
pub(super) fn is_somebody(sentence: &str, tokens: &[Token], at: usize) -> bool {
    let may_be = Lists::get().has("possessive", &tokens[at].word)
        || sentence[tokens[at].range.start..].starts_with(char::is_uppercase);
    may_be && somebody(sentence, tokens, at).is_some()
}

#[derive(Debug, Clone, Default)]
struct Capture {
    subject: Option<Subject>,
    attribute: Option<String>,
    kind: Option<Kind>,
    value: Option<Range<usize>>,
}

impl Capture {
    fn told(self, pattern: &Pattern, words: Range<usize>) -> Option<Found> {
        let attribute = if pattern.attribute == "-" { self.attribute? } else { pattern.attribute.clone() };
        Some(Found {
            language: pattern.language,
            words,
            subject: self.subject,
            attribute,
            value: self.value?,
            certainty: pattern.certainty,
            replaces: pattern.replaces || pattern.ends,
            ends: pattern.ends,
        })
    }
}

/// A pattern being laid over a sentence.
pub(super) struct Matcher<'a> {
    sentence: &'a str,
    tokens: &'a [Token],
    pattern: &'a Pattern,
    found: Capture,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(sentence: &'a str, tokens: &'a [Token], pattern: &'a Pattern) -> Self {
        Self { sentence, tokens, pattern, found: Capture::default() }
    }

    /// What the pattern finds from word `at` on.
    pub(super) fn find(mut self, at: usize) -> Option<Found> {
        let end = self.step(0, at)?;
        self.found.told(self.pattern, at..end)
    }

    /// Matches the parts from `part` on with the words from `at` on: where it ends.
    fn step(&mut self, part: usize, at: usize) -> Option<usize> {
        let Some(next) = self.pattern.parts.get(part) else {
            return Some(at);
        };
        let word = self.tokens.get(at).map_or("", |token| token.word.as_str());
        match next {
            Part::One(words) if words.contains(&word) => self.step(part + 1, at + 1),
            Part::One(_) => None,
            Part::Maybe(words) if words.contains(&word) => {
                let found = self.step(part + 1, at + 1);
                // `j'aime bien ton idée`: no value begins with it.
                let is_last = matches!(self.pattern.parts.get(part + 1), Some(Part::Value(_)));
                found.or_else(|| if is_last { None } else { self.step(part + 1, at) })
            }
            Part::Maybe(_) => self.step(part + 1, at),
            Part::Skip => self.skip(part, at),
            Part::Who => {
                let subject = somebody(self.sentence, self.tokens, at)?;
                let end = subject.end;
                self.found.subject = Some(subject);
                self.step(part + 1, end)
            }
            Part::Relation => {
                self.noun(part, at, |words| Lists::get().relation(words).map(|name| (None, name.to_owned())))
            }
            Part::Favourite => self.noun(part, at, |words| {
                Lists::get().favourite(words).map(|name| (None, format!("favourite {name}")))
            }),
            Part::What => self.noun(part, at, |words| {
                Lists::get().possession(words).map(|(kind, name)| (Some(kind), name.to_owned()))
            }),
            Part::Value(kind) => self.value(part, at, kind.or(self.found.kind)?),
        }
    }

    fn skip(&mut self, part: usize, at: usize) -> Option<usize> {
        for length in 1..=MAX_SKIPPED {
            let skipped = self.tokens.get(at + length - 1)?;
            if skipped.is_mark() || Lists::get().has("negation", &skipped.word) {
                return None;
            }
            if let Some(end) = self.step(part + 1, at + length) {
                return Some(end);
            }
        }
        None
    }

    /// A noun of up to three words; the longest is tried first.
    fn noun(
        &mut self,
        part: usize,
        at: usize,
        known: impl Fn(&str) -> Option<(Option<Kind>, String)>,
    ) -> Option<usize> {
        for length in (1..=3).rev() {
            let Some(words) = self.tokens.get(at..at + length) else {
                continue;
            };
            let joined = words.iter().map(|token| token.word.as_str()).collect::<Vec<_>>().join("_");
            if let Some((kind, attribute)) = known(&joined) {
                self.found.attribute = Some(attribute);
                self.found.kind = kind;
                return self.step(part + 1, at + length);
            }
        }
        None
    }

    /// A value: all of the rest that is one, or in the midst of a pattern as little as makes the rest match.
    fn value(&mut self, part: usize, at: usize, kind: Kind) -> Option<usize> {
        let attribute = self.pattern.attribute.as_str();
        if part + 1 == self.pattern.parts.len() {
            let found = value(self.sentence, self.tokens, at, self.tokens.len(), kind, attribute)?;
            let end = found.end;
            self.found.value = Some(found);
            return Some(end);
        }
        for length in 1..=MAX_INNER.min(self.tokens.len().saturating_sub(at)) {
            if self.tokens[at + length - 1].is_mark() {
                return None;
            }
            let Some(found) = value(self.sentence, self.tokens, at, at + length, kind, attribute) else {
                continue;
            };
            if found.end == at + length
                && let Some(end) = self.step(part + 1, at + length)
            {
                self.found.value = Some(found);
                return Some(end);
            }
        }
        None
    }
}

/// `my sister`, `my sister Anna`, `Anna`, `Anna Weber`.
fn somebody(sentence: &str, tokens: &[Token], at: usize) -> Option<Subject> {
    let lists = Lists::get();
    let name_from = |from: usize| {
        let is_name = |token: &Token| {
            sentence[token.range.start..].starts_with(char::is_uppercase)
                && token.word.chars().nth(1).is_some()
                && !["not_names", "month", "weekday", "clause_end", "possessive"]
                    .iter()
                    .any(|list| lists.has(list, &token.word))
        };
        let words =
            tokens.get(from..).into_iter().flatten().take(2).take_while(|token| is_name(token)).count();
        (words > 0).then(|| from..from + words)
    };
    if !lists.has("possessive", &tokens.get(at)?.word) {
        // `the team likes`, `der Hund mag`: what an article or another word leads is no name.
        let leads = |token: &Token| token.is_mark() || lists.has("conjunction", &token.word);
        if at > 0 && !leads(&tokens[at - 1]) && !lists.has("relative", &tokens[at - 1].word) {
            return None;
        }
        let name = name_from(at)?;
        return Some(Subject { relation: None, end: name.end, name: Some(name) });
    }
    let relation = lists.relation(&tokens.get(at + 1)?.word)?;
    let name = name_from(at + 2);
    let end = name.as_ref().map_or(at + 2, |name| name.end);
    Some(Subject { relation: Some(relation), name, end })
}
