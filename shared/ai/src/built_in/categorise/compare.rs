//! How well a text fits into each category: by the examples nearest to it, by what all of them have in common, and by what
//! the category is called.

use super::features::{Features, Mark, Reader};
use super::topics::Topics;
use super::{EXAMPLE_BYTES, EXAMPLES, TITLE_WEIGHT, beginning};
use crate::CategoryProfile;

/// Texts that are imagined beside the examples, so that a word of one of three is not taken for common.
const BACKGROUND: f32 = 20.0;
/// How much the nearest example says beside the second.
const NEAREST: f32 = 0.65;
/// How much the nearest examples say beside all of them together.
const NEAR: f32 = 0.5;
/// How much a word says that is in the name of the category, and one that is in its description.
const IN_NAME: f32 = 1.5;
const IN_DESCRIPTION: f32 = 0.8;
/// How many telling words make a text fit by its name half as well as it can.
const HALF: f32 = 1.2;
/// How many examples make the name count half.
const NAME_FADES: f32 = 12.0;
/// How much better the best must be to be chosen.
const SHARPNESS: f32 = 3.0;
/// The evidence that makes it as likely to belong somewhere as nowhere.
const DOUBT: f32 = 0.12;

/// A category, read.
pub(super) struct Shelf {
    name: Features,
    description: Features,
    topics: Vec<usize>,
    examples: Vec<Features>,
}

impl Shelf {
    pub(super) fn read(profile: &CategoryProfile, reader: &mut Reader) -> Self {
        Self {
            name: reader.read(&[(beginning(&profile.name, EXAMPLE_BYTES), TITLE_WEIGHT)]),
            description: reader.read(&[(beginning(&profile.description, EXAMPLE_BYTES), 1.0)]),
            topics: Topics::get().named(&profile.name),
            examples: profile
                .examples
                .iter()
                .take(EXAMPLES)
                .map(|example| reader.read(&[(beginning(example, EXAMPLE_BYTES), 1.0)]))
                .collect(),
        }
    }
}

/// How likely a text belongs on each shelf. `marks` is how many marks were ever read.
pub(super) fn confidences(text: &Features, shelves: &[Shelf], marks: usize) -> Vec<f32> {
    let rarities = rarities(shelves, marks);
    let asked = unit(&text.marks, &rarities);
    let evidence: Vec<f32> = shelves.iter().map(|shelf| evidence(text, &asked, shelf, &rarities)).collect();
    let best = evidence.iter().copied().fold(0.0, f32::max);
    let sum: f32 = evidence.iter().map(|value| value.powf(SHARPNESS)).sum();
    if sum <= 0.0 {
        return vec![0.0; shelves.len()];
    }
    let belongs_somewhere = best * best / (best * best + DOUBT * DOUBT);
    evidence.iter().map(|value| belongs_somewhere * value.powf(SHARPNESS) / sum).collect()
}

fn evidence(text: &Features, asked: &[(Mark, f32)], shelf: &Shelf, rarities: &[f32]) -> f32 {
    let named = named(text, shelf);
    let count = shelf.examples.len() as f32;
    if count == 0.0 {
        return named;
    }
    let units: Vec<Vec<(Mark, f32)>> =
        shelf.examples.iter().map(|example| unit(&example.marks, rarities)).collect();
    let (mut first, mut second) = (0.0_f32, 0.0_f32);
    let mut likeness_sum = 0.0;
    for example in &units {
        let likeness = dot(asked, example);
        likeness_sum += likeness;
        second = second.max(likeness.min(first));
        first = first.max(likeness);
    }
    let near = NEAREST * first + (1.0 - NEAREST) * second;
    let centre = likeness_sum / length_of_sum(&units).max(1.0);
    let by_examples = NEAR * near + (1.0 - NEAR) * centre;
    let fading = NAME_FADES / (NAME_FADES + count);
    by_examples + fading * named * (1.0 - by_examples)
}

/// How well a text fits a category by what it is called, from 0 to 1.
fn named(text: &Features, shelf: &Shelf) -> f32 {
    let said = |features: &Features| shared(&text.marks, &features.marks);
    let about: f32 = shelf.topics.iter().map(|&topic| text.topics[topic]).sum();
    let telling = about + IN_NAME * said(&shelf.name) + IN_DESCRIPTION * said(&shelf.description);
    // One word among a hundred is less than one among five.
    let diluted = telling / (1.0 + 0.01 * text.words);
    diluted / (diluted + HALF)
}

/// How rare each mark is among the examples.
fn rarities(shelves: &[Shelf], marks: usize) -> Vec<f32> {
    let mut counts = vec![0_u32; marks];
    let mut total = 0.0;
    for example in shelves.iter().flat_map(|shelf| &shelf.examples) {
        total += 1.0;
        for &(mark, _) in &example.marks {
            counts[mark as usize] += 1;
        }
    }
    counts.iter().map(|&count| (1.0 + (total + BACKGROUND) / (count as f32 + 1.0)).ln()).collect()
}

/// The marks of a text, weighed by rarity, brought to length 1.
fn unit(marks: &[(Mark, f32)], rarities: &[f32]) -> Vec<(Mark, f32)> {
    let mut weighed: Vec<(Mark, f32)> =
        marks.iter().map(|&(mark, count)| (mark, count * rarities[mark as usize])).collect();
    let length = weighed.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    weighed.iter_mut().for_each(|(_, value)| *value /= length.max(f32::MIN_POSITIVE));
    weighed
}

fn dot(a: &[(Mark, f32)], b: &[(Mark, f32)]) -> f32 {
    both(a, b).map(|(a, b)| a * b).sum()
}

/// How much of one is in the other too.
fn shared(a: &[(Mark, f32)], b: &[(Mark, f32)]) -> f32 {
    both(a, b).map(|(a, b)| a.min(b)).sum()
}

/// The values of the marks that two sorted lists share.
fn both(a: &[(Mark, f32)], b: &[(Mark, f32)]) -> impl Iterator<Item = (f32, f32)> {
    a.iter().filter_map(|&(mark, value)| {
        let at = b.binary_search_by_key(&mark, |&(mark, _)| mark).ok()?;
        Some((value, b[at].1))
    })
}

/// The length of the sum of vectors.
fn length_of_sum(units: &[Vec<(Mark, f32)>]) -> f32 {
    let mut all: Vec<(Mark, f32)> = units.iter().flatten().copied().collect();
    all.sort_unstable_by_key(|&(mark, _)| mark);
    let sums = all.chunk_by(|a, b| a.0 == b.0).map(|chunk| chunk.iter().map(|(_, value)| value).sum::<f32>());
    sums.map(|sum| sum * sum).sum::<f32>().sqrt()
}
