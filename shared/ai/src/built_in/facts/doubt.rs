//! Whether a person means what they say: questions, conditions, hearsay and doubt.

use super::lists::Lists;
use super::tokens::Token;

/// What is left of the certainty of what is doubted, of what others say, and of what happens in a story.
const DOUBTED: f32 = 0.55;
const HEARSAY: f32 = 0.45;
const FICTION: f32 = 0.4;

/// How much of its certainty is left to something that is said from word `at` on; `None` if it is not claimed at all.
pub(super) fn left(sentence: &str, tokens: &[Token], at: usize, end: usize) -> Option<f32> {
    let lists = Lists::get();
    if sentence.trim_end().ends_with(['?', '？']) || sentence.contains('¿') || is_quoted(sentence, tokens, at)
    {
        return None;
    }
    let follows = |list: &str| at > 0 && lists.has(list, &tokens[at - 1].word);
    let is_denied = follows("negation");
    // `do i live in Graz`, `wohne ich in Graz`: not everybody types a question mark.
    let asks = follows("asks")
        || (at == 0 && tokens.get(1).is_some_and(|next| ["ich", "wir"].contains(&next.word.as_str())));
    let is_unreal = |token: &Token| lists.has("unreal", &token.word) || is_if(sentence, token);
    if is_denied || asks || tokens[..at].iter().any(is_unreal) {
        return None;
    }
    let mut left = 1.0_f32;
    if tokens.iter().any(|token| lists.has("hedge", &token.word)) || has_pair(tokens, "hedge_pair") {
        left = left.min(DOUBTED);
    }
    if (0..at).any(|said| lists.has("says", &tokens[said].word) && !says_the_person(tokens, said)) {
        left = left.min(HEARSAY);
    }
    if tokens[..at].iter().any(|token| lists.has("fiction", &token.word)) {
        left = left.min(FICTION);
    }
    // `I live in Graz, Tom said.`
    let hearsay_behind = tokens[end..].iter().position(|token| lists.has("says", &token.word));
    if hearsay_behind.is_some_and(|said| said <= 3 && !says_the_person(tokens, end + said)) {
        left = left.min(HEARSAY);
    }
    Some(left)
}

/// Whether a sentence says that something has become different.
pub(super) fn tells_change(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| Lists::get().has("change", &token.word)) || has_pair(tokens, "change_pair")
}

/// `si`: with an accent it means yes.
fn is_if(sentence: &str, token: &Token) -> bool {
    token.word == "si" && !sentence[token.range.clone()].contains(['í', 'Í'])
}

fn says_the_person(tokens: &[Token], said: usize) -> bool {
    let before = tokens[..said].iter().rev().take_while(|token| !token.is_mark()).take(2);
    let after = tokens.get(said + 1);
    before.chain(after.filter(|_| said == 0)).any(|token| Lists::get().has("first_person", &token.word))
}

fn has_pair(tokens: &[Token], list: &str) -> bool {
    tokens.windows(2).any(|pair| Lists::get().has(list, &format!("{}_{}", pair[0].word, pair[1].word)))
}

/// Whether the word stands between quotation marks.
fn is_quoted(sentence: &str, tokens: &[Token], at: usize) -> bool {
    let mut is_open = false;
    for c in sentence[..tokens[at].range.start].chars() {
        match c {
            '"' => is_open = !is_open,
            // What opens in one language closes in another.
            '“' => is_open = !is_open,
            '„' | '«' | '‹' => is_open = true,
            '”' | '»' | '›' => is_open = false,
            _ => {}
        }
    }
    is_open
}
