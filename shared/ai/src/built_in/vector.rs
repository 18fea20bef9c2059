//! Vectors from hashed sub-word n-grams: words that look alike, and words that stand for one another, point alike.
//!
//! Feature hashing with signs (Weinberger et al., 2009) over the character n-grams of fastText (Bojanowski et al., 2017),
//! without training.

use crate::text::concepts::Concept;

/// How many numbers a vector has.
pub(crate) const DIMENSIONS: usize = 256;
/// Letters beyond these add nothing to how a word looks.
const MAX_CHARS: usize = 24;
/// What the whole stem weighs beside all its n-grams together.
const STEM: f32 = 1.0;
/// What a concept weighs.
const CONCEPT: f32 = 0.8;

/// A vector.
pub(crate) type Vector = [f32; DIMENSIONS];

/// One entry of the sparse vector of a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feature {
    bucket: u8,
    value: f32,
}

impl Feature {
    fn new(hash: u64, value: f32) -> Self {
        // The low byte picks the bucket, another bit the sign, so that collisions cancel out on average.
        Self { bucket: hash as u8, value: if hash >> 32 & 1 == 0 { value } else { -value } }
    }
}

/// FNV-1a with a final mix, because its low bits alone are poor. Fixed, as stored vectors depend on it.
fn hash(bytes: impl Iterator<Item = u8>, seed: u64) -> u64 {
    let fnv = bytes.fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let mixed = (fnv ^ fnv >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ mixed >> 32
}

/// Appends the features of a word: the 3- to 5-grams of `<word>`, its stem, and its concepts.
pub(crate) fn push_features(folded: &str, stem: &str, concepts: &[Concept], into: &mut Vec<Feature>) {
    let mut marked = String::with_capacity(folded.len() + 2);
    marked.push('<');
    marked.extend(folded.chars().take(MAX_CHARS));
    marked.push('>');
    let bounds: Vec<usize> = marked.char_indices().map(|(at, _)| at).chain([marked.len()]).collect();
    let chars = bounds.len() - 1;
    let count: usize = (3..=5).map(|n| (chars + 1).saturating_sub(n)).sum();
    let each = 1.0 / (count.max(1) as f32).sqrt();
    for n in 3..=5 {
        for from in 0..(chars + 1).saturating_sub(n) {
            let gram = marked[bounds[from]..bounds[from + n]].bytes();
            into.push(Feature::new(hash(gram, n as u64), each));
        }
    }
    into.push(Feature::new(hash(stem.bytes(), 1), STEM));
    for concept in concepts {
        into.push(Feature::new(hash(concept.to_le_bytes().into_iter(), 2), CONCEPT));
    }
}

/// Adds `scale` times a word to a vector.
pub(crate) fn add(vector: &mut Vector, features: &[Feature], scale: f32) {
    for feature in features {
        vector[feature.bucket as usize] += scale * feature.value;
    }
}

/// The dot product.
pub(crate) fn dot(a: &Vector, b: &Vector) -> f32 {
    // Eight sums at a time, because the compiler may not reorder a single one.
    let mut sums = [0.0_f32; 8];
    for from in (0..DIMENSIONS).step_by(8) {
        for lane in 0..8 {
            sums[lane] += a[from + lane] * b[from + lane];
        }
    }
    sums.iter().sum()
}

/// The cosine of the angle between a vector and one of length 1; zero if the first has no length.
pub(crate) fn cosine(vector: &Vector, unit: &Vector) -> f32 {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 { dot(vector, unit) / length } else { 0.0 }
}

/// Brings a vector to length 1, unless it has none.
pub(crate) fn normalise(vector: &mut Vector) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(word: &str) -> Vector {
        let mut features = Vec::new();
        push_features(word, word, &[], &mut features);
        let mut vector = [0.0; DIMENSIONS];
        add(&mut vector, &features, 1.0);
        normalise(&mut vector);
        vector
    }

    #[test]
    fn words_that_look_alike_point_alike() {
        let alike = cosine(&vector("passport"), &vector("passports"));
        let unlike = cosine(&vector("passport"), &vector("umbrella"));
        assert!(alike > 0.3 && unlike < 0.2, "{alike} {unlike}");
    }

    #[test]
    fn normalised_vectors_have_length_one() {
        let mut one = vector("passport");
        normalise(&mut one);
        assert!((dot(&one, &one) - 1.0).abs() < 1e-5);
        let mut zero = [0.0; DIMENSIONS];
        normalise(&mut zero);
        assert_eq!(zero, [0.0; DIMENSIONS]);
    }

    #[test]
    fn the_hash_never_changes_because_stored_vectors_depend_on_it() {
        assert_eq!(hash(std::iter::empty(), 0), 0xfdbdf6ac4fc52e7f);
    }
}
