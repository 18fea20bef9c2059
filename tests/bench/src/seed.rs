//! Memories as people have them: few categories, tags of which some are common and most are rare, short notes and some long ones.

use app_domain::{
    CategoryId, Content, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Tags, Timestamp, UserId,
};
use serde_json::json;

const SUBJECTS: [&str; 12] = [
    "Meeting with Maria",
    "Trip to Lisbon",
    "Recipe for lentil soup",
    "Doctor's appointment",
    "Idea for the garden",
    "Book recommendation",
    "Rent and electricity",
    "Anna's birthday",
    "Notes on Rust",
    "Broken bicycle",
    "Photograph of the lake",
    "Call with the bank",
];
const WORDS: [&str; 24] = [
    "remember",
    "tomorrow",
    "the",
    "train",
    "leaves",
    "before",
    "noon",
    "with",
    "a",
    "window",
    "seat",
    "and",
    "enough",
    "coffee",
    "for",
    "everybody",
    "who",
    "asked",
    "about",
    "it",
    "last",
    "week",
    "in",
    "Porto",
];

/// Numbers that look random and are the same every time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    /// Less than `sides`.
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        // The multiplier is Knuth's, for MMIX.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

/// The `n`th memory of a person, made a minute after the one before.
pub(crate) fn memory(
    owner: UserId,
    n: u32,
    categories: &[CategoryId],
    dice: &mut Dice,
) -> anyhow::Result<Memory> {
    let minutes = 60_000 * i64::from(n);
    let now = Timestamp::from_millis(1_600_000_000_000 + minutes)
        .ok_or_else(|| anyhow::anyhow!("{n} minutes are too many"))?;
    // Each tag is half as common as the one before.
    let tags: Vec<String> =
        (0..dice.roll(4)).map(|_| format!("tag {}", (dice.roll(1 << 16) + 1).ilog2())).collect();
    let words = if dice.roll(10) == 0 { 400 } else { 10 + dice.roll(50) };
    let text: Vec<&str> = (0..words).map(|_| dice.pick(&WORDS)).collect();
    let category = categories.get(dice.roll(categories.len() + 2)).copied();
    let draft = MemoryDraft {
        title: MemoryTitle::parse(&format!("{} {}", dice.pick(&SUBJECTS), dice.roll(1000))).ok(),
        content: Content::parse(json!({"text": text.join(" ")})).ok(),
        category,
        tags: Tags::parse(&tags).map_err(|invalid| anyhow::anyhow!("{invalid}"))?,
        is_favorite: dice.roll(20) == 0,
        is_archived: dice.roll(5) == 0,
        ..MemoryDraft::default()
    };
    Ok(Memory::new(MemoryId::new(now), owner, MemorySource::Web, draft, now)?)
}
