//! The built-in model: offline, free, and honest about it. It quotes memories and makes nothing up.

mod answer;
mod categorise;
mod choose;
mod draft;
mod evidence;
mod facts;
mod index;
mod likeness;
mod lines;
mod question;
mod rank;
#[cfg(test)]
mod samples;
mod suggest;
mod summary;
mod terms;
mod vector;
mod vocabulary;

use async_trait::async_trait;

pub use rank::{Hit, Retriever};

use self::vector::{DIMENSIONS, add, normalise, push_features};
use crate::text::concepts::Concepts;
use crate::text::detect::LanguageDetector;
use crate::text::fold;
use crate::text::fold::without_accents;
use crate::text::function_words::{FunctionWords, Weight};
use crate::text::language::Language;
use crate::text::stem::stem;
use crate::text::tokens::each_token;
use crate::{Answer, AnswerRequest, Answerer, Embedder, Embedding, ModelError, Purpose, Trust};

/// The model that is used when no other is configured.
///
/// It answers by quoting the sentences that cover most of the question, says so when there are none, and never says more
/// than the memories do. Costs some tens of milliseconds for thousands of memories, linear in their text.
#[derive(Debug, Clone, Copy, Default)]
pub struct BuiltIn;

impl BuiltIn {
    /// Its name, as clients see it.
    pub const NAME: &'static str = "built-in";

    /// The space of its vectors. Whatever changes where it places a text must change the number behind the name, so that old
    /// vectors are made anew and not compared with new ones.
    pub const SPACE: &'static str = "built-in-1/256";

    /// How many numbers its vectors have.
    pub const DIMENSIONS: usize = DIMENSIONS;

    /// It places words mostly by their letters, which a search by words knows better: what it adds are synonyms and
    /// translations of a few. Words that have nothing in common still share letters, so that among two thousand memories a
    /// few are nearly as near as this to whatever is asked.
    pub const TRUST: Trust = Trust { weight: 0.1, chance: 0.3 };

    /// Answers the question. What [`Answerer::answer`] does, without a future around it.
    pub fn reply(&self, request: &AnswerRequest) -> Answer {
        answer::reply(request)
    }

    /// The vector of one text, of length 1, or all zeros if it has no words.
    ///
    /// How rare a word is cannot be known from one text, so every word counts alike, except for grammar and for general
    /// words. [`Retriever`] knows the memories and weighs words by their rarity among them.
    pub fn vector(&self, text: &str) -> Vec<f32> {
        let text = fold::normalise(text);
        let language = LanguageDetector::new().detect(&text).unwrap_or(Language::English);
        let mut vector = [0.0; DIMENSIONS];
        let mut features = Vec::new();
        each_token(&text, |token| {
            let folded = without_accents(token.text);
            let weight = match FunctionWords::get().weight(&folded, language) {
                Weight::None => return,
                Weight::Asking | Weight::Weak => 0.35,
                Weight::Full => 1.0,
            };
            let stem = stem(token.text, language);
            features.clear();
            push_features(&folded, &stem, Concepts::get().of(&stem, language), &mut features);
            add(&mut vector, &features, weight);
        });
        normalise(&mut vector);
        vector.to_vec()
    }
}

#[async_trait]
impl Answerer for BuiltIn {
    fn name(&self) -> &str {
        Self::NAME
    }

    async fn answer(&self, request: AnswerRequest) -> Result<Answer, ModelError> {
        Ok(self.reply(&request))
    }
}

#[async_trait]
impl Embedder for BuiltIn {
    fn name(&self) -> &str {
        Self::SPACE
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn trust(&self) -> Trust {
        Self::TRUST
    }

    async fn embed(&self, texts: &[String], _: Purpose) -> Vec<Embedding> {
        texts.iter().map(|text| Ok(self.vector(text))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in::samples::memory;

    fn similarity(a: &str, b: &str) -> f32 {
        BuiltIn.vector(a).iter().zip(BuiltIn.vector(b)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn vectors_of_texts_about_the_same_thing_are_near() {
        let near = similarity("Anna's birthday", "When was Anna born?");
        let far = similarity("Anna's birthday", "Oil change and brake pads");
        assert!(near > 0.5 && far < 0.25, "{near} {far}");
    }

    #[test]
    fn texts_about_different_things_are_no_nearer_than_by_chance() {
        for (asked, text) in [
            (
                "submarine periscope warranty",
                "Plum cake: two hundred grams of butter, six eggs, plums on top",
            ),
            ("what is the capital of Mongolia", "The dentist moved us to Thursday, half past nine"),
            ("пингвин", "Passwort vom WLAN im Büro steht hinter dem Bild"),
        ] {
            assert!(similarity(asked, text) < BuiltIn::TRUST.chance, "{asked}");
        }
    }

    #[test]
    fn vectors_know_a_few_translations() {
        let same = similarity("the key of the car", "où est la clé de ma voiture");
        let other = similarity("the key of the car", "où est le lit de ma chambre");
        assert!(same > other + 0.15, "{same} {other}");
    }

    #[test]
    fn a_text_without_words_has_no_direction() {
        assert_eq!(BuiltIn.vector("… !!"), vec![0.0; BuiltIn::DIMENSIONS]);
    }

    #[tokio::test]
    async fn the_ports_give_what_the_model_gives() {
        let texts = ["a lost key".to_owned(), String::new()];
        let vectors = BuiltIn.embed(&texts, Purpose::Document).await;
        assert_eq!(vectors, texts.each_ref().map(|text| Ok(BuiltIn.vector(text))));

        let request = AnswerRequest {
            question: "Where is the key?".to_owned(),
            documents: vec![memory(0, "Key", "It hangs behind the door.")],
            focus: None,
        };
        assert_eq!(BuiltIn.answer(request.clone()).await.unwrap(), BuiltIn.reply(&request));
        assert_eq!((Answerer::name(&BuiltIn), Embedder::name(&BuiltIn)), ("built-in", "built-in-1/256"));
        assert!(BuiltIn::SPACE.ends_with(&format!("/{}", BuiltIn::DIMENSIONS)));
    }
}
