//! Memories that look like people's: words as frequent as Zipf's law has them, grammar among them, a few very long.

use app_domain::{MemoryId, Timestamp};
use app_search::EntityId;
use app_search::text::Document;
use uuid::Uuid;

/// The words of most sentences.
const GRAMMAR: &str = "the and to of a in is it you that he was for on are with as his they be at one have this from or had \
    by hot but some what there we can out other were all your when up use how said an each she which do their time if will \
    way about many then them would";
const ONSETS: &[&str] =
    &["b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr", "pl", "br"];
const VOWELS: &[&str] = &["a", "e", "i", "o", "u", "ai", "ea", "ou"];
const CODAS: &[&str] = &["", "n", "r", "s", "t", "l", "ck", "ng", "m", "nd", "ing", "ed", "s"];
/// Different words in the language.
const WORDS: usize = 60_000;

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.unit() * limit as f64) as usize
    }

    /// From 0 up to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A language to write in.
pub(crate) struct Language {
    words: Vec<String>,
    /// How often a word comes, summed up to it.
    sums: Vec<f64>,
}

impl Language {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let mut words: Vec<String> = GRAMMAR.split_whitespace().map(str::to_owned).collect();
        let mut known: std::collections::HashSet<String> = words.iter().cloned().collect();
        while words.len() < WORDS {
            // Frequent words are short.
            let syllables = 1 + dice.below(if words.len() < 3_000 { 2 } else { 4 });
            let mut word = String::new();
            for _ in 0..syllables {
                word.push_str(ONSETS[dice.below(ONSETS.len())]);
                word.push_str(VOWELS[dice.below(VOWELS.len())]);
            }
            word.push_str(CODAS[dice.below(CODAS.len())]);
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut sum = 0.0;
        let sums = (0..words.len())
            .map(|rank| {
                sum += (rank as f64 + 2.7).powf(-1.05);
                sum
            })
            .collect();
        Self { words, sums }
    }

    fn word(&self, dice: &mut Dice) -> &str {
        let at = dice.unit() * self.sums[self.sums.len() - 1];
        &self.words[self.sums.partition_point(|&sum| sum < at).min(self.words.len() - 1)]
    }

    fn text(&self, words: usize, dice: &mut Dice) -> String {
        let words: Vec<&str> = (0..words).map(|_| self.word(dice)).collect();
        words.join(" ")
    }

    /// A memory of about fifty words; one in a hundred is twenty times as long.
    pub(crate) fn memory(&self, number: usize, dice: &mut Dice) -> Document {
        // Four uniform numbers make something near enough to a bell.
        let bell = (dice.unit() + dice.unit() + dice.unit() + dice.unit() - 2.0) * 1.7;
        let mut words = (36.0 * (0.7 * bell).exp()) as usize + 3;
        if dice.below(100) == 0 {
            words *= 20;
        }
        let mut body = self.text(words, dice);
        if dice.below(3) == 0 {
            body.push_str(&format!(" {}", dice.below(10_000)));
        }
        let millis = 1_600_000_000_000 + number as i64 * 60_000;
        let id = (millis as u128) << 80 | 0x7000_8000_0000_0000_0000 | number as u128;
        let facets = vec![format!("category:{}", dice.below(12)), format!("tag:{}", dice.below(200))];
        Document {
            id: EntityId::Memory(MemoryId::from(Uuid::from_u128(id))),
            memory: None,
            created_at: Timestamp::from_millis(millis).expect("a time"),
            title: self.text(2 + dice.below(5), dice),
            tags: vec![self.text(1, dice)],
            body,
            facets,
        }
    }
}
