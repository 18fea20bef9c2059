//! Facts: what people state about themselves, in English, German, Spanish and French. When in doubt, it is left out.

mod ambiguity;
mod doubt;
mod lists;
mod matcher;
mod patterns;
mod tokens;
mod values;

use std::collections::HashSet;
use std::ops::Range;

use self::ambiguity::clearness;
use self::doubt::{left, tells_change};
use self::patterns::{Found, Patterns};
use self::tokens::{Token, tokens};
use super::BuiltIn;
use super::lines::{is_conversation, one_line, said};
use crate::FoundFact;
use crate::text::fold::without_accents;
use crate::text::sentences::sentences;

/// More than these are not told of one text.
const MAX_FACTS: usize = 200;
/// How much less certain something is of somebody who is only named, and of one who speaks in a conversation.
const OF_A_NAME: f32 = 0.95;
const OF_A_SPEAKER: f32 = 0.6;

impl BuiltIn {
    /// What a person states about themselves, and about somebody or something of theirs, each thing once and in the order
    /// of the text. Optimised for release, it costs 100–450 ms for a text of 1 MB, and up to 2 s for one made to be slow.
    pub fn facts(&self, text: &str) -> Vec<FoundFact> {
        let mut collector = Collector { text, facts: Vec::new(), seen: HashSet::new() };
        if !is_conversation(text) {
            collector.read(0..text.len(), None);
            return collector.facts;
        }
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at + (line.len() - line.trim_start().len());
            at += line.len();
            match said(line.trim()) {
                Some(said) => collector.read(start + said.words..at, Some(said.speaker(line.trim()))),
                None => collector.read(start.min(at)..at, None),
            }
        }
        collector.facts
    }
}

struct Collector<'a> {
    text: &'a str,
    facts: Vec<FoundFact>,
    seen: HashSet<(String, String, String)>,
}

impl Collector<'_> {
    /// Reads a stretch of the text, which a speaker says if there is one.
    fn read(&mut self, stretch: Range<usize>, speaker: Option<&str>) {
        for found in sentences(&self.text[stretch.clone()]) {
            if self.facts.len() >= MAX_FACTS {
                return;
            }
            let quote = stretch.start + found.start..stretch.start + found.end;
            // A line of somebody else's mail.
            if !self.text[quote.clone()].starts_with('>') {
                self.read_sentence(quote, speaker);
            }
        }
    }

    fn read_sentence(&mut self, quote: Range<usize>, speaker: Option<&str>) {
        let sentence = &self.text[quote.clone()];
        let tokens = tokens(sentence);
        let mut at = 0;
        while at < tokens.len() {
            let found = if tokens[at].is_mark() { None } else { Patterns::get().find(sentence, &tokens, at) };
            let Some(found) = found else {
                at += 1;
                continue;
            };
            at = found.words.end.max(at + 1);
            if let Some(share) = left(sentence, &tokens, found.words.start, found.words.end) {
                self.add(found, &tokens, share, quote.clone(), speaker);
            }
        }
    }

    fn add(
        &mut self,
        found: Found,
        tokens: &[Token],
        share: f32,
        quote: Range<usize>,
        speaker: Option<&str>,
    ) {
        let sentence = &self.text[quote.clone()];
        let words = |range: &Range<usize>| {
            let bytes = tokens[range.start].range.start..tokens[range.end - 1].range.end;
            one_line(&sentence[bytes])
        };
        let (subject, share) = match (&found.subject, speaker) {
            (None, None) => ("me".to_owned(), share),
            (None, Some(speaker)) => (one_line(speaker), share * OF_A_SPEAKER),
            (Some(other), _) => match (&other.name, other.relation) {
                (Some(name), None) => (words(name), share * OF_A_NAME),
                (_, Some(relation)) => (relation.to_owned(), share),
                (None, None) => return,
            },
        };
        let Some(clearness) = clearness(&found, sentence, tokens) else {
            return;
        };
        let certainty = (share * found.certainty).min(clearness);
        let value = words(&found.value);
        let value = value.trim_end_matches('.');
        let value = if found.ends { format!("no longer {value}") } else { value.to_owned() };
        let folded = |text: &str| without_accents(&text.to_lowercase()).into_owned();
        if value.is_empty()
            || self.facts.len() >= MAX_FACTS
            || !self.seen.insert((folded(&subject), found.attribute.clone(), folded(&value)))
        {
            return;
        }
        self.facts.push(FoundFact {
            statement: one_line(sentence),
            subject,
            attribute: found.attribute,
            value,
            certainty,
            quote,
            replaces: found.replaces || tells_change(tokens),
        });
    }
}
