//! The space that the fake's models place texts in.

/// Where a text lies: every word pulls it in a direction of its own. Not of length 1 if it was shortened, so that clients see
/// to that themselves.
pub(super) fn vector(text: &str, model: &str, whole: usize, dimensions: usize) -> Vec<f32> {
    let lower = text.to_lowercase();
    let words: Vec<_> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    // Something that has no words is a word itself.
    let words = if words.is_empty() { vec![lower.as_str()] } else { words };
    let mut vector = vec![0.0_f64; whole];
    for word in words {
        let mut state = model
            .bytes()
            .chain(word.bytes())
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        for number in &mut vector {
            *number += next(&mut state);
        }
    }
    let length = vector.iter().map(|number| number * number).sum::<f64>().sqrt();
    vector.into_iter().take(dimensions).map(|number| (number / length) as f32).collect()
}

/// The next number from -1 to 1 of a sequence (SplitMix64).
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ mixed >> 31) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}
