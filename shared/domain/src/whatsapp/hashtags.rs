//! The tags that somebody writes into a text: `#trip`.

use std::collections::HashSet;

use unicode_normalization::char::is_combining_mark;

use crate::{Tag, Tags};

/// What introduces a tag, also as wide letters write it.
const MARKS: [char; 2] = ['#', '＃'];

/// The first tags in a text, as many as a memory can have. A tag has letters, digits, underscores and dashes inside, at least one of
/// them a letter: `#1` is a number. What stands in an address is none.
pub fn hashtags(text: &str) -> Tags {
    let (mut written, mut seen) = (Vec::new(), HashSet::new());
    for tag in text.split_whitespace().filter(|word| !is_address(word)).flat_map(tags_in) {
        if seen.len() < Tags::MAX && seen.insert(tag.folded()) {
            written.push(tag.as_str().to_owned());
        }
    }
    Tags::parse(&written).unwrap_or_default()
}

fn is_address(word: &str) -> bool {
    word.contains("://") || word.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with("www.")
}

/// The tags in what stands between white space. A tag may follow punctuation or another tag, but no word and no part of a path.
fn tags_in(word: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = word;
    let mut before = None;
    while let Some(at) = rest.find(MARKS) {
        let follows = rest[..at].chars().next_back().or(before);
        let after = rest[at..].trim_start_matches(MARKS);
        let end = after.find(|c: char| !is_of_tag(c)).unwrap_or(after.len());
        let (name, remaining) = after.split_at(end);
        let name = name.trim_matches('-');
        let is_free = follows.is_none_or(|c| !is_of_tag(c) && !matches!(c, '/' | '&' | '='));
        if is_free && name.contains(char::is_alphabetic) {
            tags.extend(Tag::parse(name));
        }
        // Right behind a tag another may begin; behind anything else that was no tag, not.
        before = if is_free { None } else { name.chars().next_back().or(follows) };
        rest = remaining;
    }
    tags
}

fn is_of_tag(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(text: &str) -> Vec<String> {
        hashtags(text).iter().map(str::to_owned).collect()
    }

    #[test]
    fn tags_are_found_in_any_script() {
        for (text, expected) in [
            ("Oat milk #shopping #Home!", vec!["shopping", "Home"]),
            ("(#to-do) \"#naïve\" #año_2026, ＃旅行", vec!["to-do", "naïve", "año_2026", "旅行"]),
            ("#हिन्दी und #café", vec!["हिन्दी", "café"]),
            ("#one#two ##three", vec!["one", "two", "three"]),
            ("#Trip later #trip", vec!["Trip"]),
        ] {
            assert_eq!(tags(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_addresses_and_ends_of_words_are_none() {
        for text in [
            "",
            "#",
            "# heading",
            "#1 and #2026",
            "C# and F#",
            "a#b#c",
            "https://a.example/x#part (http://b.example#y) www.c.example/#z",
            "a.example/#top",
            "&#x41;",
            "#-- #_",
        ] {
            assert!(tags(text).is_empty(), "{text}: {:?}", tags(text));
        }
    }

    #[test]
    fn there_are_not_too_many_and_none_too_long() {
        let many: String = (0..30).map(|n| format!("#t{n} ")).collect();
        assert_eq!(tags(&many).len(), Tags::MAX);
        assert_eq!(tags(&format!("#{} #short", "x".repeat(51))), ["short"]);
    }
}
