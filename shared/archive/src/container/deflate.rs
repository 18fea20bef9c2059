//! Deflate (RFC 1951) in pieces that know nothing of each other.

use flate2::{Compress, Compression, FlushCompress};

/// Ends the data of an entry: a last block without anything in it, of the fixed code.
pub(super) const LAST_BLOCK: &[u8] = &[0x03, 0x00];

/// The most bytes in a stored block.
const STORED_MAX: usize = 0xffff;

/// Compresses pieces, each for itself.
#[derive(Debug)]
pub(super) struct Deflate(Compress);

impl Default for Deflate {
    fn default() -> Self {
        Self(Compress::new(Compression::default(), false))
    }
}

impl Deflate {
    /// A piece as blocks that end on a whole byte and refer to nothing before them; as stored blocks where these are smaller.
    pub(super) fn pack(&mut self, piece: &[u8]) -> Vec<u8> {
        let packed = self.deflated(piece).filter(|packed| packed.len() < stored_len(piece.len()));
        packed.unwrap_or_else(|| stored(piece))
    }

    /// `None` if the compressor refuses, which leaves the bytes as they are: larger, and the same to whoever reads them.
    fn deflated(&mut self, piece: &[u8]) -> Option<Vec<u8>> {
        self.0.reset();
        let mut packed = Vec::with_capacity(piece.len() / 2 + 1024);
        loop {
            let taken = usize::try_from(self.0.total_in()).ok()?;
            self.0.compress_vec(piece.get(taken..)?, &mut packed, FlushCompress::Full).ok()?;
            // A flush is over when it has left room. A few bytes of it would make the next call flush once more.
            if packed.len() < packed.capacity() {
                return Some(packed);
            }
            packed.reserve(piece.len() / 2 + 1024);
        }
    }
}

/// Bytes as they are, in stored blocks.
pub(super) fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut blocks = Vec::with_capacity(stored_len(bytes.len()));
    for block in bytes.chunks(STORED_MAX) {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        blocks.push(0);
        blocks.extend_from_slice(&length.to_le_bytes());
        blocks.extend_from_slice(&(!length).to_le_bytes());
        blocks.extend_from_slice(block);
    }
    blocks
}

fn stored_len(bytes: usize) -> usize {
    bytes + bytes.div_ceil(STORED_MAX) * 5
}
