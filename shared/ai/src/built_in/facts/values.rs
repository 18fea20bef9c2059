//! What a fact tells: the words of a sentence that are a place, a date, a thing.

use std::ops::Range;

use super::lists::{Kind, Lists};
use super::tokens::Token;

/// A value has at most so many words.
const MAX_WORDS: usize = 8;
/// What is longer is a tale.
const MAX_VALUE_CHARS: usize = 80;
/// Words after `and` that belong to what stands before it.
const MAX_JOINED: usize = 2;

/// The value that begins with word `from` and ends before word `to` at the latest: its words.
pub(super) fn value(
    sentence: &str,
    tokens: &[Token],
    from: usize,
    to: usize,
    kind: Kind,
    attribute: &str,
) -> Option<Range<usize>> {
    let lists = Lists::get();
    let clause = clause_end(tokens, from, to, attribute);
    let mut start = from;
    // An article is one before something. `Thé` folds to `the`.
    while kind != Kind::Any && start + 1 < clause && lists.has("article", &tokens[start].word) {
        // `Las Palmas`
        if kind == Kind::Place && sentence[tokens[start].range.clone()].starts_with(char::is_uppercase) {
            break;
        }
        // `I live in a Victorian house` names no place.
        if kind == Kind::Place && lists.has("indefinite", &tokens[start].word) {
            return None;
        }
        start += 1;
    }
    let end = match kind {
        Kind::Place => names_end(sentence, tokens, start, clause, "not_places")?,
        Kind::Name => names_end(sentence, tokens, start, clause, "not_names")?,
        Kind::Date => date_end(tokens, start, clause)?,
        Kind::Number => number_end(tokens, start, clause)?,
        Kind::Thing => thing_end(sentence, tokens, from, start, clause)?,
        Kind::Any => {
            let tells = |token: &Token| {
                let text = &sentence[token.range.clone()];
                text.contains(|c: char| c.is_numeric() || c == '@') || text.starts_with(char::is_uppercase)
            };
            tokens[start..clause].iter().any(tells).then_some(clause)?
        }
        Kind::Occupation => listed_end(tokens, start, clause, "occupation", 3)?,
        Kind::Diet => listed_end(tokens, start, clause, "diet", 1)?,
        Kind::Language => languages_end(tokens, start, clause)?,
        Kind::Allergy => allergy_end(tokens, start, clause)?,
    };
    let is_short = start < end
        && sentence[tokens[start].range.start..tokens[end - 1].range.end].chars().count() <= MAX_VALUE_CHARS;
    is_short.then_some(start..end)
}

/// Where a clause ends that a value stands in.
fn clause_end(tokens: &[Token], from: usize, to: usize, attribute: &str) -> usize {
    let lists = Lists::get();
    let mut end = from;
    while end < to.min(from + MAX_WORDS) {
        let token = &tokens[end];
        let stops = token.is_mark()
            || lists.has("clause_end", &token.word)
            || (end > from && attribute == "prefers" && lists.has("prefer_end", &token.word));
        if stops || (lists.has("conjunction", &token.word) && !joins(tokens, end, to)) {
            break;
        }
        end += 1;
    }
    end
}

/// Whether `and` goes on with the value rather than with the sentence.
fn joins(tokens: &[Token], at: usize, to: usize) -> bool {
    let lists = Lists::get();
    let rest = &tokens[at + 1..to.min(tokens.len())];
    let length = rest.iter().position(Token::is_mark).unwrap_or(rest.len());
    (1..=MAX_JOINED).contains(&length)
        && !rest[..length].iter().any(|token| lists.has("subject", &token.word))
}

/// Capitalised words, and small ones between them. What is on the list `never` is none.
fn names_end(sentence: &str, tokens: &[Token], start: usize, clause: usize, never: &str) -> Option<usize> {
    let lists = Lists::get();
    let is_name = |at: usize| {
        let text = &sentence[tokens[at].range.clone()];
        let caseless =
            text.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase());
        text.starts_with(char::is_uppercase) || caseless
    };
    if start >= clause || !is_name(start) {
        return None;
    }
    let leads = ["title", "article"].iter().any(|list| lists.has(list, &tokens[start].word));
    if leads && start + 1 < clause && is_name(start + 1) {
        return names_end(sentence, tokens, start + 1, clause, never);
    }
    let first = &tokens[start].word;
    let is_none =
        [never, "not_names", "month", "weekday", "negation"].iter().any(|list| lists.has(list, first));
    if is_none || (never == "not_names" && first.starts_with(|c: char| c.is_ascii_digit())) {
        return None;
    }
    let mut end = start + 1;
    while end < clause {
        let joins = lists.has("joint", &tokens[end].word) && end + 1 < clause && is_name(end + 1);
        let is_conjunction = lists.has("conjunction", &tokens[end].word);
        if is_conjunction || !(is_name(end) || joins) || lists.has("month", &tokens[end].word) {
            break;
        }
        end += 1;
    }
    Some(end)
}

/// Days, months and years.
fn date_end(tokens: &[Token], start: usize, clause: usize) -> Option<usize> {
    let lists = Lists::get();
    let has_digit = |word: &str| word.contains(|c: char| c.is_ascii_digit());
    let dates = |word: &str| has_digit(word) || lists.has("month", word);
    let is_part = |word: &str| dates(word) || lists.has("date", word) || lists.has("weekday", word);
    let mut end = start;
    while end < clause && is_part(&tokens[end].word) {
        end += 1;
    }
    while end > start && !dates(&tokens[end - 1].word) {
        end -= 1;
    }
    (end > start).then_some(end)
}

fn number_end(tokens: &[Token], start: usize, clause: usize) -> Option<usize> {
    let is_number = |word: &str| word.starts_with('+') || word.contains(|c: char| c.is_ascii_digit());
    if start < clause && Lists::get().has("number", &tokens[start].word) {
        return Some(start + 1);
    }
    let mut end = start;
    while end < clause && is_number(&tokens[end].word) {
        end += 1;
    }
    (end > start).then_some(end)
}

/// A thing that is named: no pronoun, nothing denied, nothing of somebody else's.
fn thing_end(sentence: &str, tokens: &[Token], from: usize, start: usize, clause: usize) -> Option<usize> {
    let lists = Lists::get();
    let first = &tokens.get(start).filter(|_| start < clause)?.word;
    // Behind an article, `té` and `thé` are no pronouns.
    let unclear = (start == from && lists.has("pronoun", first))
        || lists.has("whose", first)
        || tokens[from..clause].iter().any(|token| lists.has("negation", &token.word));
    let has_letter = sentence[tokens[start].range.start..].starts_with(char::is_alphanumeric);
    (!unclear && has_letter).then_some(clause)
}

/// Up to a word of a list, which stands among the first so many. `beim Zahnarzt` is a place.
fn listed_end(tokens: &[Token], start: usize, clause: usize, list: &str, among: usize) -> Option<usize> {
    let lists = Lists::get();
    let mut among =
        (start..clause.min(start + among)).take_while(|&at| !lists.has("preposition", &tokens[at].word));
    Some(among.find(|&at| lists.has(list, &tokens[at].word))? + 1)
}

fn languages_end(tokens: &[Token], start: usize, clause: usize) -> Option<usize> {
    let lists = Lists::get();
    let mut end = start;
    while end < clause
        && (lists.has("language", &tokens[end].word)
            || (end > start
                && lists.has("conjunction", &tokens[end].word)
                && end + 1 < clause
                && lists.has("language", &tokens[end + 1].word)))
    {
        end += 1;
    }
    (end > start).then_some(end)
}

/// `Nussallergie`, or what stands before `allergy`.
fn allergy_end(tokens: &[Token], start: usize, clause: usize) -> Option<usize> {
    let word = &tokens.get(start).filter(|_| start < clause)?.word;
    let is_compound = word.ends_with("allergie") && word.len() > "allergie".len() + 2;
    let follows = tokens.get(start + 1).is_some_and(|next| next.word == "allergy");
    (is_compound || follows).then_some(start + 1)
}
