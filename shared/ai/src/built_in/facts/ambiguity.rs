//! Whether words that look like a fact may mean something else: a mood, a plan, a turn of phrase.

use super::lists::Lists;
use super::patterns::Found;
use super::tokens::Token;
use crate::text::concepts::Concepts;
use crate::text::language::Language;
use crate::text::stem::stem;

/// The most certainty that something has which may mean something else.
const AMBIGUOUS: f32 = 0.5;
/// What one likes has few words. More tell of one time.
const MAX_TASTE_WORDS: usize = 4;

/// How certain something can be at most, by how it is said; `None` if it is surely something else.
pub(super) fn clearness(found: &Found, sentence: &str, tokens: &[Token]) -> Option<f32> {
    let reading = Reading { found, sentence, tokens };
    if reading.is_something_else() {
        return None;
    }
    let attribute = found.attribute.as_str();
    let is_ambiguous = match attribute {
        _ if Lists::get().has("taste", attribute) => reading.may_be_a_mood(),
        _ if attribute.starts_with("favourite") => reading.may_be_a_state(),
        "home city" | "origin" | "employer" | "birthplace" => reading.may_be_no_place(),
        "allergy" => reading.value_has(|word| Lists::get().has("weekday", word.trim_end_matches('s'))),
        "children" => !reading.ends_clause(),
        "job" => {
            reading.is_passing()
                || reading.behind().is_some_and(|behind| Lists::get().has("belongs", &behind.word))
        }
        _ => reading.may_be_a_nationality(),
    };
    Some(if is_ambiguous { AMBIGUOUS } else { 1.0 })
}

struct Reading<'a> {
    found: &'a Found,
    sentence: &'a str,
    tokens: &'a [Token],
}

impl Reading<'_> {
    fn value(&self) -> &[Token] {
        &self.tokens[self.found.value.clone()]
    }

    fn value_has(&self, is: impl Fn(&str) -> bool) -> bool {
        self.value().iter().any(|token| is(&token.word))
    }

    fn before(&self) -> Option<&Token> {
        self.tokens.get(self.found.value.start.checked_sub(1)?)
    }

    fn follows(&self, list: &str) -> bool {
        self.before().is_some_and(|before| Lists::get().has(list, &before.word))
    }

    fn behind(&self) -> Option<&Token> {
        self.tokens.get(self.found.words.end)
    }

    fn text(&self, token: &Token) -> &str {
        &self.sentence[token.range.clone()]
    }

    fn has_capital(&self) -> bool {
        self.value().iter().any(|token| self.text(token).starts_with(char::is_uppercase))
    }

    /// `a teacher's nightmare`, `20 ans de retard`.
    fn is_something_else(&self) -> bool {
        self.behind().is_some_and(|behind| match self.found.attribute.as_str() {
            "age" => ["de", "d", "en", "dans"].contains(&behind.word.as_str()),
            _ => behind.word == "s" && self.sentence[..behind.range.start].ends_with(['\'', '’']),
        })
    }

    fn ends_clause(&self) -> bool {
        self.behind().is_none_or(|behind| behind.is_mark() || Lists::get().has("conjunction", &behind.word))
    }

    /// Whether it is said of today rather than of always.
    fn is_passing(&self) -> bool {
        let behind = self.tokens[self.found.words.end..].iter().take_while(|token| !token.is_mark()).take(2);
        self.value().iter().chain(behind).any(|token| Lists::get().has("passing", &token.word))
    }

    /// `I like the second draft`, `I hate to say it`, `prefiero esperar`.
    fn may_be_a_mood(&self) -> bool {
        let lists = Lists::get();
        let [first, rest @ ..] = self.value() else {
            return true;
        };
        let in_language = match self.found.language {
            "en" => {
                let is_this_one =
                    self.before().is_some_and(|before| self.text(before).eq_ignore_ascii_case("the"))
                        && !lists.has("generic", &first.word)
                        && !rest.iter().any(|token| token.word == "of");
                first.word == "to" || is_this_one
            }
            "de" => {
                let is_this_one = self.follows("article") && !rest.is_empty();
                is_this_one || !self.has_capital()
            }
            _ => {
                let is_verb = ["ar", "er", "ir", "re"].iter().any(|ending| first.word.ends_with(ending));
                self.found.attribute == "prefers" && is_verb && !self.follows("article")
            }
        };
        let is_a_tale = |word: &str| {
            word == "s"
                || ["relative", "present", "this_one", "compared", "being"]
                    .iter()
                    .any(|list| lists.has(list, word))
        };
        in_language
            || rest.len() >= MAX_TASTE_WORDS
            || self.is_passing()
            || lists.has("weekday", &first.word)
            || lists.has("preposition", &first.word)
            || self.value_has(is_a_tale)
            || rest.iter().any(|token| lists.has("narrowing", &token.word))
            || self.behind().is_some_and(|behind| lists.has("narrowing", &behind.word))
    }

    /// `My favourite song is playing`.
    fn may_be_a_state(&self) -> bool {
        let lists = Lists::get();
        let first = self.value().first().map_or("", |token| token.word.as_str());
        match self.found.language {
            _ if self.found.attribute == "favourite colour" => false,
            "en" => {
                lists.has("state", first)
                    || (["ing", "ed"].iter().any(|ending| first.ends_with(ending)) && !self.has_capital())
            }
            "de" => !self.has_capital(),
            _ => !self.has_capital() && !self.follows("article"),
        }
    }

    /// `Ich lebe in Scheidung`, `je viens de Paris ce matin`. In German, all nouns look like names.
    fn may_be_no_place(&self) -> bool {
        let lists = Lists::get();
        let Some(first) = self.value().first().filter(|_| !self.is_passing()) else {
            return true;
        };
        if self.found.language != "de" {
            return false;
        }
        let is_led = self.found.attribute != "employer"
            && self.follows("article")
            && !lists.has("with_article", &first.word);
        let lower = self.text(first).to_lowercase();
        let is_noun = lists.has("german_noun", &first.word)
            || lists.ends_like("german_noun_end", &first.word)
            || !Concepts::get().of(&stem(&lower, Language::German), Language::German).is_empty();
        is_led || is_noun
    }

    /// `my brother is German`: what stands where a name may stand, and sounds like where somebody is from.
    fn may_be_a_nationality(&self) -> bool {
        let is_plain =
            self.before().is_some_and(|before| ["is", "ist", "es", "est"].contains(&before.word.as_str()));
        let [only] = self.value() else {
            return false;
        };
        is_plain && Lists::get().ends_like("nationality_end", &only.word)
    }
}
