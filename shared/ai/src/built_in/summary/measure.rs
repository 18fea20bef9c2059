//! Making words fit: cutting to a number of them, and leaving out empty lines.

use unicode_segmentation::UnicodeSegmentation;

use crate::built_in::lines::{counted, one_line};

/// Where a clause may end.
const CLAUSE_ENDS: &[char] = &[',', ';', ':', '–', '—', '，', '、', '；', '：', '،', '؛'];

/// The text with its lines, at most one of them empty between two.
pub(super) fn clean(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(one_line) {
        if !line.is_empty() || lines.last().is_some_and(|before| !before.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n").trim_end().to_owned()
}

/// The line, cut to at most so many words and characters with `…` at the end: behind a clause if one ends in the second
/// half, or else behind a word.
pub(super) fn cut(line: &str, max_words: u32, max_chars: usize) -> String {
    if max_words == 0 {
        return String::new();
    }
    let words_end = line.unicode_word_indices().nth(max_words as usize).map_or(line.len(), |(next, _)| next);
    let chars_end = line.char_indices().nth(max_chars).map_or(line.len(), |(at, _)| at);
    if words_end.min(chars_end) == line.len() {
        return line.to_owned();
    }
    // One character is left for the ellipsis.
    let limit = line.char_indices().nth(max_chars.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    let limit = limit.min(words_end);
    let kept = &line[..limit];
    let clause = kept.rfind(CLAUSE_ENDS).filter(|&at| at * 2 > limit && counted(&kept[..at]) > 0);
    let word = kept.unicode_word_indices().next_back().map(|(at, word)| (at, at + word.len()));
    let end = clause.unwrap_or(match word {
        // The limit may have gone through a word. One that is alone has to be cut.
        Some((start, end)) if end == limit && start > 0 && !ends_word(line, limit) => start,
        Some((_, end)) => end,
        None => limit,
    });
    let kept = line[..end].trim_end_matches(|c: char| c.is_whitespace() || CLAUSE_ENDS.contains(&c));
    format!("{kept}…")
}

fn ends_word(line: &str, at: usize) -> bool {
    line[at..].chars().next().is_none_or(|c| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_made_behind_a_clause_or_a_word() {
        let line = "We walked to the old mill, where nobody has lived for years";
        assert_eq!(cut(line, 8, usize::MAX), "We walked to the old mill…");
        assert_eq!(cut(line, 4, usize::MAX), "We walked to the…");
        assert_eq!(cut(line, 100, 20), "We walked to the…");
        assert_eq!(cut(line, 100, 1_000), line);
        assert_eq!(cut(line, 0, 100), "");
        assert_eq!(cut(&"x".repeat(50), 10, 10), format!("{}…", "x".repeat(9)));
    }

    #[test]
    fn lines_stay() {
        assert_eq!(clean("a\n\n\n b\r\n"), "a\n\nb");
    }
}
