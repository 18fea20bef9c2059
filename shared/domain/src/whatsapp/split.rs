//! Long texts as several messages.

use unicode_segmentation::UnicodeSegmentation;

/// The longest text that WhatsApp takes. Counted as UTF-16 counts, which is never less than by characters.
const LONGEST: usize = 4_096;
/// More messages at once are read by nobody.
const MOST: usize = 5;
/// Where a message ends best: at the end of a paragraph, a line, a sentence, a word.
const PAUSES: [&[&str]; 4] = [&["\n\n"], &["\n"], &[". ", "! ", "? ", "。", "！", "？", "… "], &[" ", "\t"]];

/// A text as messages, at most five: each ends where a reader would pause. What is too long for five is cut, and the last ends with
/// `elsewhere`, which says where the rest is.
pub fn split_text(text: &str, elsewhere: &str) -> Vec<String> {
    let (mut parts, mut rest) = (Vec::new(), text.trim());
    while !rest.is_empty() {
        if length(rest) <= LONGEST {
            parts.push(rest.to_owned());
            break;
        }
        if parts.len() + 1 == MOST {
            let end = end_within(rest, LONGEST.saturating_sub(length(elsewhere) + 3));
            parts.push(format!("{}…\n\n{elsewhere}", rest[..end].trim_end()));
            break;
        }
        let end = end_within(rest, LONGEST);
        parts.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start();
    }
    parts
}

/// A text as one line of at most so many characters.
pub fn one_line(text: &str, longest: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if length(&line) <= longest {
        return line;
    }
    let end = end_within(&line, longest.saturating_sub(1));
    format!("{}…", line[..end].trim_end())
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Where to end, so that no more than `room` is before it: at the best pause of the second half, and not between the stars of bold words.
fn end_within(text: &str, room: usize) -> usize {
    let most = most_within(text, room);
    let (fits, least) = (&text[..most], most / 2);
    let pause = PAUSES.iter().find_map(|pauses| {
        let ends = pauses.iter().filter_map(|pause| Some(fits.rfind(pause)? + pause.len()));
        ends.max().filter(|end| *end > least)
    });
    let end = pause.unwrap_or(most);
    let line = text[..end].trim_end_matches('\n');
    let line_at = line.rfind('\n').map_or(0, |at| at + 1);
    match line[line_at..].rfind('*') {
        Some(star) if line[line_at..].matches('*').count() % 2 == 1 && line_at + star > least => {
            line_at + star
        }
        _ => end,
    }
}

/// Where the last character ends, as people see characters, that is within `room`.
fn most_within(text: &str, room: usize) -> usize {
    let mut taken = 0;
    for (at, character) in text.grapheme_indices(true) {
        taken += length(character);
        if taken > room {
            // One that is longer than all the room is cut all the same, between its code points.
            return if at > 0 { at } else { text.floor_char_boundary(room.max(1)).max(first_len(text)) };
        }
    }
    text.len()
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_one_message() {
        assert_eq!(split_text(" Hello \n", ""), ["Hello"]);
        assert_eq!(split_text("", ""), [""; 0]);
        assert_eq!(split_text(&"é".repeat(LONGEST), "").len(), 1);
    }

    #[test]
    fn messages_end_at_the_best_pause() {
        let sentence = "The train leaves at eight. ";
        for (text, end) in [
            (format!("{}\n\n{}", sentence.repeat(120), sentence.repeat(120)), "eight."),
            (format!("{}\nnext line {}", "word ".repeat(700), "word ".repeat(700)), "word"),
            (sentence.repeat(300), "eight."),
            ("word ".repeat(2_000), "word"),
        ] {
            let parts = split_text(&text, "");
            assert!(parts.len() > 1 && parts.iter().all(|part| part.ends_with(end)), "{parts:?}");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&parts.join(" ")), words(&text), "nothing is lost");
        }
    }

    #[test]
    fn no_character_and_no_bold_words_are_cut() {
        let family = "👩‍👩‍👧‍👦";
        for part in split_text(&family.repeat(1_000), "") {
            assert!(length(&part) <= LONGEST);
            assert_eq!(part.replace(family, ""), "");
        }
        let bold = format!("{} *{}* and more", "word ".repeat(810), "bold ".repeat(20).trim_end());
        let parts = split_text(&bold, "");
        assert!(parts[1].starts_with("*bold"), "{}", parts[1]);
        let strange = format!("a{}", "\u{301}".repeat(9_000));
        assert!(split_text(&strange, "").iter().all(|part| length(part) <= LONGEST));
    }

    #[test]
    fn there_are_five_at_most_and_the_last_says_where_the_rest_is() {
        let parts = split_text(&"word ".repeat(9_000), "The rest is in the app.");
        assert_eq!(parts.len(), MOST);
        assert!(parts[4].ends_with("word…\n\nThe rest is in the app."), "{}", parts[4]);
        assert!(parts.iter().all(|part| length(part) <= LONGEST));
    }

    #[test]
    fn a_line_is_short_and_one() {
        assert_eq!(one_line(" a\n\n b\tc ", 10), "a b c");
        let long = one_line(&"word ".repeat(900), 1_000);
        assert!(length(&long) <= 1_000 && long.ends_with("word…"), "{long}");
    }
}
