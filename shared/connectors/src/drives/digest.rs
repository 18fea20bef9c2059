//! The hashes by which providers vouch for files, whose states can be kept between two processes.

use std::fmt;

use app_domain::Sha256State;
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

/// Dropbox hashes blocks of this size.
const BLOCK_BYTES: usize = 4 << 20;

/// Which hash a provider gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigestKind {
    /// SHA-256, in lower-case hexadecimal: Google Drive's `sha256Checksum`.
    Sha256,
    /// Dropbox's `content_hash`, in lower-case hexadecimal.
    ContentHash,
    /// OneDrive's `quickXorHash`, in base64.
    QuickXor,
}

/// The hash of some bytes, to which more can come.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Digest {
    /// See [`DigestKind::Sha256`].
    Sha256(Sha256State),
    /// See [`DigestKind::ContentHash`].
    ContentHash {
        /// Of the hashes of the blocks that are full.
        blocks: Sha256State,
        /// Of the block that is not.
        block: Sha256State,
        /// How many bytes that has.
        filled: usize,
    },
    /// See [`DigestKind::QuickXor`].
    QuickXor {
        /// 160 bits.
        register: [u8; 20],
        /// How many bytes came.
        length: u64,
    },
}

impl Digest {
    /// Of no bytes yet.
    pub fn new(kind: DigestKind) -> Self {
        match kind {
            DigestKind::Sha256 => Self::Sha256(Sha256State::default()),
            DigestKind::ContentHash => {
                Self::ContentHash { blocks: Sha256State::default(), block: Sha256State::default(), filled: 0 }
            }
            DigestKind::QuickXor => Self::QuickXor { register: [0; 20], length: 0 },
        }
    }

    /// The hash of all of some bytes.
    pub fn of(kind: DigestKind, bytes: &[u8]) -> String {
        let mut digest = Self::new(kind);
        digest.update(bytes);
        digest.finish()
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(state) => state.update(bytes),
            Self::ContentHash { blocks, block, filled } => {
                let mut rest = bytes;
                while !rest.is_empty() {
                    let (head, tail) = rest.split_at(rest.len().min(BLOCK_BYTES - *filled));
                    block.update(head);
                    *filled += head.len();
                    rest = tail;
                    if *filled == BLOCK_BYTES {
                        blocks.update(&std::mem::take(block).finish());
                        *filled = 0;
                    }
                }
            }
            Self::QuickXor { register, length } => {
                for byte in bytes {
                    // Eleven bits further with every byte, around 160.
                    let at = (*length * 11 % 160) as usize;
                    let spread = u16::from(*byte) << (at % 8);
                    register[at / 8] ^= spread as u8;
                    register[(at / 8 + 1) % 20] ^= (spread >> 8) as u8;
                    *length += 1;
                }
            }
        }
    }

    /// The hash of what has come, as the provider writes it.
    pub fn finish(&self) -> String {
        match self {
            Self::Sha256(state) => state.hex(),
            Self::ContentHash { blocks, block, filled } => {
                let mut blocks = blocks.clone();
                if *filled > 0 {
                    blocks.update(&block.finish());
                }
                blocks.hex()
            }
            Self::QuickXor { register, length } => {
                let mut register = *register;
                for (byte, length) in register[12..].iter_mut().zip(length.to_le_bytes()) {
                    *byte ^= length;
                }
                BASE64.encode(&register)
            }
        }
    }
}

/// Not what it holds.
impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each input with its `content_hash` and `quickXorHash`, computed by independent programs.
    fn known() -> Vec<(Vec<u8>, &'static str, &'static str)> {
        vec![
            (
                vec![],
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            ),
            (
                b"k".to_vec(),
                "377758adf3337c927d37e3f28c1c83cbc837075e1fc7e500e9b801c69da62629",
                "awAAAAAAAAAAAAAAAQAAAAAAAAA=",
            ),
            (
                b"hello sync".to_vec(),
                "b147136707813ec792f84e5b1fce0a37764524bd0db22a7ab39984542cdd9a9d",
                "aCgDG9jwBhDMIQ9uEgMAAAAAAAA=",
            ),
            (
                vec![0x5a; 161],
                "8e2e9a7910830561b97ee1c4be0007d1d81f5ad1182dde9a7e7d71ab14f69a06",
                "WgAAAAAAAAAAAAAAoQAAAAAAAAA=",
            ),
            (
                (0..=255).rev().collect(),
                "d0b221517116d844c50a779338ce722dcd8fb0c5493921f42c674a53c64adf99",
                "CBMW77wIQeUS2qgIKtc+cowXwXA=",
            ),
            (
                vec![b'k'; 4_194_304],
                "9a19f41b9758cb49babcebb705d315399cc147b61b83a5c86de8765053613929",
                "lalMZSpTmco//vGPf/yjH//4xz8=",
            ),
            (
                vec![b'k'; 4_194_305],
                "52be6cd3d06985fb1da0a53c09d1fdb9516e49e3a5b0dcfcd38ce8584ba27040",
                "lalMZSpTmcpU/vGPfvyjH//4xz8=",
            ),
            (
                (0..9_000_001_u32).map(|i| (i % 251) as u8).collect(),
                "bad2acb48f57903e5771c1607d44f556ffe87a325186b2e772a809db96af7b38",
                "aCQZ6+PZPkpuB23APs4LcwvJuzY=",
            ),
        ]
    }

    #[test]
    fn they_are_what_the_providers_compute() {
        for (bytes, content_hash, quick_xor) in known() {
            assert_eq!(Digest::of(DigestKind::ContentHash, &bytes), content_hash);
            assert_eq!(Digest::of(DigestKind::QuickXor, &bytes), quick_xor);
        }
        let sha256 = "3314387bda67be39a466f4bd4eb594b96542cbf2e8bf5edf857680795023decb";
        assert_eq!(Digest::of(DigestKind::Sha256, b"chat backup v1\n"), sha256);
    }

    #[test]
    fn they_go_on_in_another_process_wherever_they_were_left() {
        let (bytes, ..) = known().pop().unwrap();
        for kind in [DigestKind::Sha256, DigestKind::ContentHash, DigestKind::QuickXor] {
            for at in [0, 1, 63, 64, 4_194_303, 4_194_304, 4_194_305, bytes.len()] {
                let (head, tail) = bytes.split_at(at);
                let mut digest = Digest::new(kind);
                digest.update(head);
                let kept = serde_json::to_string(&digest).unwrap();
                let mut digest: Digest = serde_json::from_str(&kept).unwrap();
                digest.update(tail);
                assert_eq!(digest.finish(), Digest::of(kind, &bytes), "{kind:?} at {at}");
            }
        }
    }
}
