//! Signs that a sentence holds the kind of thing a question asks for: a date, a place, a name, a number.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold::{normalise, without_accents};
use super::function_words::Wanted;
use super::tokens::each_token;

static CUES: LazyLock<HashMap<String, u8>> = LazyLock::new(|| parse(include_str!("data/cues.txt")));

const TIME: u8 = 1;
const PLACE: u8 = 2;
const PERSON: u8 = 4;
const NUMBER: u8 = 8;

/// Signs in scripts without spaces, and endings that Korean writes onto its words.
const UNSPACED: &[(u8, &[&str])] = &[
    (TIME, &["月", "日", "点", "點", "時", "周", "週", "曜", "年", "월", "일", "시", "요일"]),
    (PLACE, &["在", "里", "层", "号", "市", "路", "駅", "口", "にあ", "에 ", "에서"]),
    (PERSON, &["老师", "先生", "女士", "医生", "さん", "氏", "씨", "님"]),
    (
        NUMBER,
        &["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百", "千", "万", "두", "세", "네"],
    ),
];

fn parse(data: &str) -> HashMap<String, u8> {
    let mut cues = HashMap::new();
    for line in data.lines().filter(|line| !line.starts_with('#')) {
        let Some((kind, words)) = line.split_once(": ") else {
            continue;
        };
        let kind = match kind {
            "time" => TIME,
            "place" => PLACE,
            "person" => PERSON,
            _ => NUMBER,
        };
        for word in words.split(' ') {
            *cues.entry(without_accents(word).into_owned()).or_default() |= kind;
        }
    }
    cues
}

/// Whether a sentence shows a sign of what is wanted. Nothing in particular is wanted of `Wanted::Anything`.
pub(crate) fn holds(sentence: &str, wanted: Wanted) -> bool {
    let kind = match wanted {
        Wanted::Time => TIME,
        Wanted::Place => PLACE,
        Wanted::Person => PERSON,
        Wanted::Number => NUMBER,
        Wanted::Anything => return false,
    };
    let text = normalise(sentence);
    let mut found = false;
    let mut is_first = true;
    each_token(&text, |token| {
        let cue = CUES.get(without_accents(token.text).as_ref()).copied().unwrap_or(0);
        let has_digit = token.text.contains(|c: char| c.is_ascii_digit());
        let is_name = !std::mem::take(&mut is_first)
            && cue & TIME == 0
            && token.text.chars().nth(1).is_some()
            && text[token.start..].starts_with(char::is_uppercase);
        found |= cue & kind != 0
            || match wanted {
                Wanted::Number => has_digit,
                Wanted::Time => has_digit && is_clock_or_year(&text, token.start, token.end),
                Wanted::Place | Wanted::Person => is_name,
                Wanted::Anything => false,
            };
    });
    found || (!text.is_ascii() && holds_unspaced(&text, kind))
}

/// `9:30`, `8h15`, `2031`, `3/9`, `12.06.`: a number that is most likely a date or a time.
fn is_clock_or_year(text: &str, start: usize, end: usize) -> bool {
    let number = &text[start..end];
    let is_year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    let mut after = text[end..].chars();
    let joined = matches!(after.next(), Some(':' | '/' | '.' | '-'))
        && after.next().is_some_and(|c| c.is_ascii_digit());
    let with_unit = number.ends_with(['h', 'm']) || number.contains('h');
    is_year || (number.len() <= 2 && joined) || (number.len() <= 5 && with_unit)
}

fn holds_unspaced(text: &str, kind: u8) -> bool {
    UNSPACED.iter().any(|(of, signs)| *of == kind && signs.iter().any(|sign| text.contains(sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_clocks_are_times() {
        for sentence in [
            "See you at 9:30.",
            "On 3 September",
            "valid to 2031",
            "jeden Dienstag",
            "10月3日",
            "Every morning",
        ] {
            assert!(holds(sentence, Wanted::Time), "{sentence}");
        }
        assert!(!holds("The network is called Birdhouse 42.", Wanted::Time));
    }

    #[test]
    fn names_are_persons_and_weekdays_are_not() {
        assert!(holds("I met Giovanni.", Wanted::Person));
        assert!(holds("Ask mother.", Wanted::Person));
        assert!(!holds("He works Tuesdays.", Wanted::Person));
    }

    #[test]
    fn prepositions_and_names_are_places() {
        assert!(holds("It is under the bed.", Wanted::Place));
        assert!(holds("Она у Ольги", Wanted::Place));
        assert!(!holds("It was cold.", Wanted::Place));
    }

    #[test]
    fn digits_and_number_words_are_numbers() {
        assert!(holds("three eggs", Wanted::Number));
        assert!(holds("420 euros", Wanted::Number));
        assert!(!holds("some eggs", Wanted::Number));
    }
}
