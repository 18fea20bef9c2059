//! Whatever a server does: a text gets its own vector or an error, never another text's vector.

use std::collections::HashMap;
use std::time::Duration;

use app_ai::openai::OpenAiEmbedder;
use app_ai::{Embedder, Purpose};

use crate::openai::{FakeOpenAi, Fault};
use crate::played::{SMALL, config};

const ROUNDS: u64 = 60;

/// Random numbers that are the same everywhere (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) as usize % end
    }

    fn text(&mut self) -> String {
        const WORDS: [&str; 8] = ["key", "sea", "Schlüssel", "паспорт", "护照", "🎉", "heron-42", "\u{0}"];
        match self.below(12) {
            0 => " \n".to_owned(),
            1 => format!("poison {}", self.below(5)),
            2 => "qzxkvjw".repeat(self.below(40)),
            _ => (0..=self.below(9)).map(|_| WORDS[self.below(WORDS.len())]).collect::<Vec<_>>().join(" "),
        }
    }

    fn fault(&mut self) -> Fault {
        match self.below(16) {
            0 => Fault::Status(500),
            1 => Fault::RateLimit(Some(("retry-after-ms", "1".to_owned()))),
            2 => Fault::Truncated,
            3 => Fault::Status(401),
            4 => Fault::MISSING,
            5 => Fault::REPEATED,
            6 => Fault::WRONG_DIMENSION,
            7 => Fault::NOT_A_NUMBER,
            8 => Fault::Status(400),
            9 => Fault::Body("{}".to_owned()),
            10 => Fault::BACKWARDS,
            11 => Fault::Page(502),
            _ => Fault::Late(Duration::ZERO),
        }
    }
}

#[tokio::test]
async fn no_text_ever_gets_the_vector_of_another() {
    let (chaos, calm) = (FakeOpenAi::start(), FakeOpenAi::start());
    for fake in [&chaos, &calm] {
        fake.change(|rules| {
            (rules.max_input_tokens, rules.max_request_tokens, rules.token_bytes) = (120, 400, 2);
            rules.refused_text = Some("poison".to_owned());
        });
    }
    let model = |fake: &FakeOpenAi, inputs: usize| {
        let config = config(fake, SMALL, 16).limits(inputs, 120, 400).retries(3, Duration::from_micros(10));
        OpenAiEmbedder::new(config).unwrap()
    };
    let mut truth = HashMap::new();
    let (mut good, mut bad) = (0, 0);
    for round in 0..ROUNDS {
        let mut numbers = Numbers(round);
        let texts: Vec<_> = (0..=numbers.below(30)).map(|_| numbers.text()).collect();
        (0..numbers.below(12)).for_each(|_| chaos.fail(numbers.fault()));
        let vectors = model(&chaos, 1 + numbers.below(12)).embed(&texts, Purpose::Document).await;
        assert_eq!(vectors.len(), texts.len());
        for (text, vector) in texts.iter().zip(vectors) {
            if !truth.contains_key(text) {
                let alone = model(&calm, 1).embed_one(text, Purpose::Document).await;
                truth.insert(text.clone(), alone);
            }
            match (&vector, &truth[text]) {
                // A fault that looks like a text too long makes it be cut: then it is placed by less of it.
                (Ok(vector), Ok(truth)) if text.len() < 120 => assert_eq!(vector, truth, "{round} {text:?}"),
                (Ok(_), Ok(_)) => {}
                (Ok(_), Err(_)) => panic!("round {round}: {text:?} is refused when it is alone"),
                (Err(_), _) => {
                    assert!(!text.trim().is_empty(), "nothing is asked about {text:?}");
                    bad += 1;
                    continue;
                }
            }
            good += 1;
        }
        chaos.forget_faults();
    }
    assert!(good > 300 && bad > 100, "{good} {bad}");
}
