//! Splits a memory into the sentences and lines that an answer can quote.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Longer sentences are cut at a space, so that a quote stays a quote.
const MAX_BYTES: usize = 360;
/// Lines up to this length, without punctuation, belong to one list.
const LIST_ITEM_BYTES: usize = 32;

/// Abbreviations whose full stop ends no sentence, in lower case.
const ABBREVIATIONS: &[&str] = &[
    "dr", "mr", "mrs", "ms", "prof", "st", "no", "nr", "tel", "approx", "vs", "etc", "fr", "hr", "frl", "ca",
    "bzw", "usw", "str", "m", "mme", "mlle", "sr", "sra", "srta", "dra", "dña", "sig", "dott", "av", "avda",
    "pza", "núm", "mw", "dhr", "mevr", "ul",
];

/// Months, as they follow the full stop of an ordinal (`am 3. Mai`), by their first three letters.
const MONTHS: &[&str] = &[
    "jan", "feb", "mär", "mar", "apr", "mai", "maj", "jun", "jul", "aug", "sep", "okt", "oct", "nov", "dez",
    "dec",
];

/// Where the sentences are, in order. Stretches without letters, digits or pictures are left out.
pub(crate) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (start, raw) in text.split_sentence_bound_indices() {
        let sentence = start..start + raw.len();
        match found.last_mut() {
            Some(last) if sentence.end - last.start <= MAX_BYTES && continues(&text[last.clone()], raw) => {
                last.end = sentence.end;
            }
            _ => found.push(sentence),
        }
    }
    let trimmed = found.into_iter().filter_map(|range| trim(text, range));
    trimmed.flat_map(|range| cut(text, range)).collect()
}

/// Whether `next` goes on with what `before` began, although a boundary was found between them.
fn continues(before: &str, next: &str) -> bool {
    let broken_line = before.ends_with(['\n', '\r']);
    let (before, next) = (before.trim_end(), next.trim_start());
    let (Some(last), Some(first)) = (before.chars().last(), next.chars().next()) else {
        return false;
    };
    if broken_line {
        let is_item = |line: &str| line.len() <= LIST_ITEM_BYTES && !line.contains([':', '.', '!', '?', '=']);
        let last_line = before.rsplit('\n').next().unwrap_or(before);
        let hard_wrapped = (last.is_alphanumeric() || last == ',') && first.is_lowercase();
        return last == ':' || hard_wrapped || (is_item(last_line) && is_item(next.trim_end()));
    }
    let Some(stem) = before.strip_suffix('.') else {
        return false;
    };
    let word = stem.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or(stem);
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let is_ordinal = !word.is_empty() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
    let next = next.to_lowercase();
    is_initial
        || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
        || (is_ordinal && MONTHS.iter().any(|month| next.starts_with(month)))
}

fn trim(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let sentence = &text[range.clone()];
    let start = range.start + (sentence.len() - sentence.trim_start().len());
    let end = start + sentence.trim().len();
    let says_something =
        |c: char| c.is_alphanumeric() || matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}');
    text[start..end].contains(says_something).then_some(start..end)
}

/// Cuts a sentence into pieces of at most [`MAX_BYTES`], at spaces where there are any.
fn cut(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = range.start;
    while range.end - start > MAX_BYTES {
        let limit = text.floor_char_boundary(start + MAX_BYTES);
        let at_space = text[start..limit].rfind([' ', '\n', '，', '、']).filter(|at| *at > MAX_BYTES / 2);
        let end = at_space.map_or(limit, |at| start + at);
        pieces.extend(trim(text, start..end));
        start = end;
    }
    pieces.extend(trim(text, start..range.end));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn abbreviations_initials_and_ordinals_end_no_sentence() {
        assert_eq!(split("I saw Dr. Weber. He was kind."), ["I saw Dr. Weber.", "He was kind."]);
        assert_eq!(split("Am 3. Mai bei J. Roth. Um acht."), ["Am 3. Mai bei J. Roth.", "Um acht."]);
    }

    #[test]
    fn numbers_keep_their_points() {
        assert_eq!(split("It cost 14.500 euros. Paid."), ["It cost 14.500 euros.", "Paid."]);
    }

    #[test]
    fn labelled_lines_stay_apart_and_list_items_together() {
        assert_eq!(split("Name: Bird\nPassword: maple"), ["Name: Bird", "Password: maple"]);
        assert_eq!(split("Milk\nEggs\nBread"), ["Milk\nEggs\nBread"]);
        assert_eq!(split("Password:\nmaple"), ["Password:\nmaple"]);
    }

    #[test]
    fn hard_wrapped_lines_are_one_sentence() {
        assert_eq!(split("The key is under\nthe mat. Go in."), ["The key is under\nthe mat.", "Go in."]);
    }

    #[test]
    fn chinese_and_japanese_full_stops_count() {
        assert_eq!(split("车在地下。月租八百。"), ["车在地下。", "月租八百。"]);
    }

    #[test]
    fn endless_sentences_are_cut_within_bounds() {
        for text in ["word ".repeat(20_000), "ü".repeat(50_000), "停".repeat(10_000)] {
            assert!(split(&text).iter().all(|piece| piece.len() <= MAX_BYTES));
        }
    }

    #[test]
    fn nothing_comes_of_nothing() {
        for text in ["", "   \n ", "...", "\u{200b}\u{202e}"] {
            assert!(split(text).is_empty(), "{text:?}");
        }
    }
}
