//! `quickXorHash`, as Microsoft describes it: a register of 160 bits that each byte enters eleven bits further on.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

const BITS: usize = 160;

/// The hash of some bytes, in base64.
pub(super) fn quick_xor(bytes: &[u8]) -> String {
    let mut register = [false; BITS];
    for (place, byte) in bytes.iter().enumerate() {
        // Bit by bit, unlike the client's: two that are wrong in the same way are less likely.
        for bit in (0..8).filter(|bit| byte >> bit & 1 == 1) {
            register[(place % BITS * 11 + bit) % BITS] ^= true;
        }
    }
    for bit in (0..64).filter(|bit| bytes.len() as u64 >> bit & 1 == 1) {
        register[BITS - 64 + bit] ^= true;
    }
    let byte = |bits: &[bool]| bits.iter().rev().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit));
    BASE64_STANDARD.encode(register.chunks(8).map(byte).collect::<Vec<u8>>())
}

#[cfg(test)]
mod tests {
    use super::quick_xor;

    #[test]
    fn it_is_what_microsoft_computes() {
        assert_eq!(quick_xor(b""), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert_eq!(quick_xor(b"hello sync"), "aCgDG9jwBhDMIQ9uEgMAAAAAAAA=");
        assert_eq!(quick_xor(&[0x5a; 161]), "WgAAAAAAAAAAAAAAoQAAAAAAAAA=");
        let down: Vec<u8> = (0..=255).rev().collect();
        assert_eq!(quick_xor(&down), "CBMW77wIQeUS2qgIKtc+cowXwXA=");
    }
}
