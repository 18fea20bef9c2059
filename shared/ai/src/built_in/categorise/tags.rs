//! The words that tell what a text is about: for tags, and for the name of a category that is not there yet.

use std::collections::HashMap;

use super::features::{Reader, topics_of};
use super::topics::{Topic, Topics};
use super::{TEXT_BYTES, beginning};
use crate::CategoryRequest;
use crate::text::fold::{normalise, without_accents};
use crate::text::function_words::{FunctionWords, Weight};
use crate::text::language::Language;
use crate::text::stem::stem;
use crate::text::tokens::{Shape, Token, each_token_in};

const MAX_TAGS: usize = 5;
const MAX_TAG_CHARS: usize = 30;
const MIN_WORD_CHARS: usize = 3;
/// How much more a name says than another word, and a word of a known topic.
const IS_NAME: f32 = 1.5;
const IS_KNOWN: f32 = 1.6;
/// What a German word says that is no noun.
const NO_NOUN: f32 = 0.4;
/// How much the first word says beyond the last.
const EARLY: f32 = 0.5;
/// Words that a name may consist of.
const NAME_WORDS: usize = 3;
/// How many words a topic needs to give a category its name.
const CLEAR: f32 = 1.5;

/// A word that may be a tag.
struct Candidate {
    shown: String,
    score: f32,
    /// Where it was met first.
    start: usize,
    end: usize,
}

/// Up to five tags, the most telling first.
pub(super) fn tags(text: &str) -> Vec<String> {
    let text = normalise(text);
    let language = Reader::new().language(&text);
    let mut candidates = candidates(&text, language);
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.start.cmp(&b.start)));
    let mut tags: Vec<String> = Vec::new();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for candidate in candidates {
        let overlaps = |&(start, end): &(usize, usize)| candidate.start < end && start < candidate.end;
        if tags.len() < MAX_TAGS && !taken.iter().any(overlaps) {
            taken.push((candidate.start, candidate.end));
            tags.push(candidate.shown);
        }
    }
    tags
}

/// A name for a category that this text would fit: what it is clearly about, or else its most telling word.
pub(super) fn name(request: &CategoryRequest) -> Option<String> {
    let text = [request.title.as_str(), beginning(&request.text, TEXT_BYTES)].join("\n");
    let mut reader = Reader::new();
    let features = reader.read(&[(text.as_str(), 1.0)]);
    let language = reader.language(&text).unwrap_or(Language::English);
    let best: Option<Topic> =
        (0..features.topics.len()).max_by(|&a, &b| features.topics[a].total_cmp(&features.topics[b]));
    let topic = best.filter(|&topic| features.topics[topic] >= CLEAR);
    let of_topic = topic.and_then(|topic| Topics::get().name(topic, language)).map(str::to_owned);
    let names = of_topic.into_iter().chain(request.tags.first().cloned()).chain(tags(&text));
    let is_new = |name: &String| {
        let folded = without_accents(&name.to_lowercase()).into_owned();
        request.categories.iter().all(|known| without_accents(&known.name.to_lowercase()) != folded)
    };
    names.map(|name| title_case(&name)).find(|name| !name.is_empty() && is_new(name))
}

/// Every word that says something, with what it says.
fn candidates(text: &str, language: Option<Language>) -> Vec<Candidate> {
    let own = language.unwrap_or(Language::English);
    let mut found: Vec<Candidate> = Vec::new();
    let mut by_stem: HashMap<String, usize> = HashMap::new();
    // The last word, if it may be a part of a name: where it ends, and whose candidate it is, of how many words.
    let mut name: Option<(usize, usize, usize)> = None;
    each_token_in(text, own, |token| {
        if !may_be_tag(token, own) {
            return;
        }
        let is_name = is_name(text, token, own);
        if is_name
            && let Some((end, at, words)) = name
            && words < NAME_WORDS
            && text[end..token.start] == *" "
            && found[at].end == end
        {
            found[at].shown = text[found[at].start..token.end].to_owned();
            found[at].end = token.end;
            name = Some((token.end, at, words + 1));
            return;
        }
        let stemmed = stem(token.text, own).into_owned();
        let next = found.len();
        let at = *by_stem.entry(stemmed).or_insert(next);
        if at == next {
            let score = worth(text, token, language, is_name);
            let shown = if is_name { &text[token.start..token.end] } else { token.text };
            found.push(Candidate { shown: shown.to_owned(), score, start: token.start, end: token.end });
        } else {
            // Said twice is not twice as much.
            found[at].score += worth(text, token, language, is_name) * 0.6;
        }
        name = is_name.then_some((token.end, at, 1));
    });
    found.retain(|candidate| candidate.shown.chars().count() <= MAX_TAG_CHARS);
    found
}

fn may_be_tag(token: Token<'_>, language: Language) -> bool {
    let long_enough = match token.shape {
        Shape::Single => false,
        Shape::Gram => token.text.chars().nth(1).is_some(),
        Shape::Word => {
            let is_dense = token.text.starts_with(|c: char| !c.is_ascii() && !c.is_lowercase());
            token.text.chars().count() >= if is_dense { 2 } else { MIN_WORD_CHARS }
        }
    };
    long_enough
        && token.text.contains(char::is_alphabetic)
        && FunctionWords::get().weight(&without_accents(token.text), language) == Weight::Full
}

/// Whether a word has a capital that its place does not give it. German nouns have one, too.
fn is_name(text: &str, token: Token<'_>, language: Language) -> bool {
    let has_capital = text[token.start..].starts_with(char::is_uppercase);
    let before = text[..token.start].trim_end_matches([' ', '"', '“', '„', '(', '¿', '¡']);
    let starts_sentence = before.ends_with(['.', '!', '?', '\n', ':', '•', '-', '…']) || before.is_empty();
    has_capital && (language == Language::German || !starts_sentence)
}

fn worth(text: &str, token: Token<'_>, language: Option<Language>, is_name: bool) -> f32 {
    let (topics, _) = topics_of(&without_accents(token.text), token.text, language);
    let known = if topics.is_empty() { 1.0 } else { IS_KNOWN };
    let kind = match (is_name, language) {
        (false, Some(Language::German)) => NO_NOUN,
        (true, language) if language != Some(Language::German) => IS_NAME,
        _ => 1.0,
    };
    let long = (token.text.chars().count() as f32 / 6.0).clamp(0.7, 1.2);
    let early = 1.0 + EARLY * (1.0 - token.start as f32 / text.len() as f32);
    let shape = if token.shape == Shape::Gram { 0.8 } else { 1.0 };
    known * kind * long * early * shape
}

fn title_case(name: &str) -> String {
    let words = name.split_whitespace().map(|word| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
    });
    let mut title = String::new();
    for word in words {
        let word = word.chars().filter(|c| !c.is_control()).take(MAX_TAG_CHARS).collect::<String>();
        let space = usize::from(!title.is_empty());
        if title.chars().count() + space + word.chars().count() > MAX_TAG_CHARS {
            break;
        }
        title.push_str(&" "[..space]);
        title.push_str(&word);
    }
    title
}
