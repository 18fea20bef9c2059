//! What hardly compresses.

/// So many bytes of which no two pieces are alike and that deflate cannot make fewer, others for each seed.
pub fn noise(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(count);
    bytes
}

/// The same as letters.
pub fn letters(count: usize, seed: u64) -> String {
    noise(count, seed).into_iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}
