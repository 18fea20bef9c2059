//! Words of scripts without spaces. Without a dictionary, grammar words are taken out first, as separators, and what is
//! left between them is matched by pairs of characters.

use crate::tokens::{Shape, Token};

/// Chinese grammar and question words, longest first.
const CHINESE: &[&str] = &[
    "是什么时候",
    "什么时候",
    "多少钱",
    "为什么",
    "什么",
    "哪里",
    "哪儿",
    "哪个",
    "哪天",
    "几点",
    "多少",
    "多久",
    "怎么",
    "怎样",
    "时候",
    "名字",
    "号码",
    "我们",
    "你们",
    "他们",
    "一下",
    "告诉",
    "记得",
    "是不是",
    "有没有",
    "的",
    "了",
    "是",
    "在",
    "我",
    "你",
    "他",
    "她",
    "它",
    "吗",
    "呢",
    "吧",
    "谁",
    "哪",
    "和",
    "与",
    "有",
    "也",
    "都",
    "就",
    "被",
    "把",
    "到",
    "叫",
    "这",
    "那",
    "请",
];

/// Japanese grammar and question words written with Han characters.
const JAPANESE_HAN: &[&str] = &["何時", "何処", "名前", "教", "何", "誰", "私", "僕", "俺", "彼女", "彼"];

/// Japanese endings, particles and question words, longest first.
const HIRAGANA: &[&str] = &[
    "ありましたか",
    "ありますか",
    "でしたか",
    "ましたか",
    "ください",
    "について",
    "ありました",
    "あります",
    "いました",
    "ですか",
    "ますか",
    "でした",
    "ました",
    "ません",
    "という",
    "どこに",
    "どこで",
    "えてくれ",
    "えて",
    "どこ",
    "いくら",
    "いくつ",
    "いつ",
    "だれ",
    "なに",
    "なぜ",
    "どの",
    "どれ",
    "です",
    "ます",
    "した",
    "して",
    "する",
    "から",
    "まで",
    "より",
    "には",
    "では",
    "とは",
    "この",
    "その",
    "あの",
    "これ",
    "それ",
    "ある",
    "いる",
    "なん",
    "は",
    "が",
    "を",
    "に",
    "の",
    "で",
    "と",
    "も",
    "か",
    "へ",
    "や",
    "ね",
    "よ",
];

/// Tokens of a run of Han characters: pairs, and every single character beside them.
pub(crate) fn han(run: &str, start: usize, japanese: bool, each: &mut impl FnMut(Token<'_>)) {
    pieces(run, if japanese { JAPANESE_HAN } else { CHINESE }, |piece, at| {
        if pairs(piece, start + at, each) {
            for (offset, c) in piece.char_indices() {
                let end = offset + c.len_utf8();
                let token = Token {
                    text: &piece[offset..end],
                    start: start + at + offset,
                    end: start + at + end,
                    shape: Shape::Single,
                };
                each(token);
            }
        }
    });
}

/// Tokens of any unspaced run, with its grammar: each pair, followed by the character that it begins with.
pub(crate) fn whole(run: &str, start: usize, each: &mut impl FnMut(Token<'_>)) {
    let mut chars = run.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        if let Some(&(next, after)) = chars.peek() {
            let both = next + after.len_utf8();
            each(Token { text: &run[at..both], start: start + at, end: start + both, shape: Shape::Gram });
        }
        let shape = if end - at == run.len() { Shape::Gram } else { Shape::Single };
        each(Token { text: &run[at..end], start: start + at, end: start + end, shape });
    }
}

/// Tokens of a run of hiragana. A single syllable left between particles is an ending, not a word.
pub(crate) fn hiragana(run: &str, start: usize, each: &mut impl FnMut(Token<'_>)) {
    pieces(run, HIRAGANA, |piece, at| {
        if piece.chars().nth(1).is_some() {
            pairs(piece, start + at, each);
        }
    });
}

/// Tokens of a run of Thai, Lao, Khmer or Burmese.
pub(crate) fn dense(run: &str, start: usize, each: &mut impl FnMut(Token<'_>)) {
    pairs(run, start, each);
}

/// The stretches of `run` that hold none of the `separators`.
fn pieces(run: &str, separators: &[&str], mut each: impl FnMut(&str, usize)) {
    let (mut begin, mut at) = (0, 0);
    while let Some(c) = run[at..].chars().next() {
        if let Some(separator) = separators.iter().find(|separator| run[at..].starts_with(**separator)) {
            if begin < at {
                each(&run[begin..at], begin);
            }
            at += separator.len();
            begin = at;
        } else {
            at += c.len_utf8();
        }
    }
    if begin < at {
        each(&run[begin..], begin);
    }
}

/// Every two neighbouring characters, or the one there is. Tells whether there were two.
fn pairs(piece: &str, start: usize, each: &mut impl FnMut(Token<'_>)) -> bool {
    let mut previous = None;
    let mut found = false;
    for (at, c) in piece.char_indices() {
        let end = at + c.len_utf8();
        if let Some(before) = previous {
            each(Token {
                text: &piece[before..end],
                start: start + before,
                end: start + end,
                shape: Shape::Gram,
            });
            found = true;
        }
        previous = Some(at);
    }
    if !found {
        each(Token { text: piece, start, end: start + piece.len(), shape: Shape::Gram });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(split: impl Fn(&mut dyn FnMut(Token<'_>))) -> Vec<String> {
        let mut found = Vec::new();
        split(&mut |token| found.push(token.text.to_owned()));
        found
    }

    #[test]
    fn chinese_grammar_separates() {
        assert_eq!(texts(|mut each| han("我的护照在哪里", 0, false, &mut each)), ["护照", "护", "照"]);
        assert_eq!(texts(|mut each| han("我的车", 0, false, &mut each)), ["车"]);
    }

    #[test]
    fn japanese_particles_and_endings_separate() {
        assert_eq!(texts(|mut each| hiragana("はいつですか", 0, &mut each)), Vec::<String>::new());
        assert_eq!(texts(|mut each| hiragana("すしを", 0, &mut each)), ["すし"]);
    }
}
