//! A set of vectors as bytes: a segment.
//!
//! Version 1, numbers little-endian: `MVEC`, version (2 bytes), dimensions (2), vectors (4), length of the model's name (1),
//! the name, then of all vectors in the order of their ids: the ids (17 each), the scales (4 each), the upper bytes, the
//! lower bytes; at the end the CRC-32 of everything before. What a set holds decides its bytes, not how it came to hold it.

use super::VectorSet;
use super::set::MAX_MODEL_BYTES;
use crate::{EntityId, SegmentError};

const MAGIC: [u8; 4] = *b"MVEC";
const VERSION: u16 = 1;
const CHECKSUM_BYTES: usize = 4;

impl VectorSet {
    /// The set as bytes, in the newest version of the format.
    pub fn to_bytes(&self) -> Vec<u8> {
        let each = EntityId::BYTES + size_of::<f32>() + 2 * self.dimensions();
        let mut bytes = Vec::with_capacity(64 + MAX_MODEL_BYTES + self.len() * each);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((self.dimensions() as u16).to_le_bytes());
        bytes.extend((self.len() as u32).to_le_bytes());
        bytes.push(self.model().len() as u8);
        bytes.extend(self.model().as_bytes());
        self.rows().for_each(|row| bytes.extend(self.id(row).to_bytes()));
        self.rows().for_each(|row| bytes.extend(self.scale(row).to_le_bytes()));
        self.rows().for_each(|row| bytes.extend(self.codes(row).1.iter().map(|&code| code as u8)));
        self.rows().for_each(|row| bytes.extend(self.codes(row).2.iter().map(|&code| code as u8)));
        let checksum = crc32fast::hash(&bytes);
        bytes.extend(checksum.to_le_bytes());
        bytes
    }

    /// Reads what [`VectorSet::to_bytes`] wrote.
    ///
    /// # Errors
    /// If the bytes are anything else, to the last bit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SegmentError> {
        let mut reader = Reader(bytes);
        if reader.array()? != MAGIC {
            return Err(SegmentError::Corrupt("it holds no vectors"));
        }
        // Before the checksum, whose place another version may have moved.
        match u16::from_le_bytes(reader.array()?) {
            VERSION => {}
            other => return Err(SegmentError::Version(other)),
        }
        let written = bytes.split_last_chunk::<CHECKSUM_BYTES>();
        let (content, checksum) = written.ok_or(SegmentError::Corrupt("it ends too early"))?;
        if crc32fast::hash(content) != u32::from_le_bytes(*checksum) {
            return Err(SegmentError::Corrupt("its checksum is wrong"));
        }
        reader.read_set()
    }
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], SegmentError> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or(SegmentError::Corrupt("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], SegmentError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(SegmentError::Corrupt("it ends too early"))?;
        self.0 = rest;
        Ok(*taken)
    }

    /// Everything after the version. Trusts nothing, although the checksum was right.
    fn read_set(mut self) -> Result<VectorSet, SegmentError> {
        let dimensions = usize::from(u16::from_le_bytes(self.array()?));
        let count = u32::from_le_bytes(self.array()?) as usize;
        let [model_bytes] = self.array()?;
        let model = str::from_utf8(self.take(model_bytes.into())?)
            .map_err(|_| SegmentError::Corrupt("its model has no readable name"))?;
        let empty =
            VectorSet::new(model, dimensions).map_err(|_| SegmentError::Corrupt("there is no such model"))?;

        // What is left must be exactly that, which also bounds what is allocated below.
        let each = EntityId::BYTES + size_of::<f32>() + 2 * dimensions;
        if count.checked_mul(each).and_then(|bytes| bytes.checked_add(CHECKSUM_BYTES)) != Some(self.0.len()) {
            return Err(SegmentError::Corrupt("its size is not what it says"));
        }
        let (ids, _) = self.take(count * EntityId::BYTES)?.as_chunks();
        let ids: Option<Vec<_>> = ids.iter().map(|&id| EntityId::from_bytes(id)).collect();
        let mut ids = ids.ok_or(SegmentError::Corrupt("it holds an unknown kind"))?;
        // It could not be known that all would be good, so some room is left over.
        ids.shrink_to_fit();
        if !ids.is_sorted_by(|a, b| a < b) {
            return Err(SegmentError::Corrupt("its ids are not in order"));
        }
        let (scales, _) = self.take(count * size_of::<f32>())?.as_chunks();
        let scales: Vec<_> = scales.iter().map(|&scale| f32::from_le_bytes(scale)).collect();
        // A vector of length 1 has no number above 1, so that no scale is.
        if !scales.iter().all(|scale| (0.0..=1.0).contains(scale)) {
            return Err(SegmentError::Corrupt("it holds an impossible scale"));
        }
        let high = signed(self.take(count * dimensions)?);
        let low = signed(self.take(count * dimensions)?);
        Ok(empty.filled(ids, scales, high, low))
    }
}

fn signed(bytes: &[u8]) -> Vec<i8> {
    bytes.iter().map(|&byte| byte as i8).collect()
}
