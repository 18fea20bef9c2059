//! How the bytes of a file come in: at once, or in parts.

use serde::{Deserialize, Serialize};

use crate::{File, Sha256};

/// How a file's bytes come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Upload {
    /// At once. They must have this checksum.
    Single {
        /// What they must have.
        sha256: Sha256,
    },
    /// In parts.
    Multipart {
        /// S3's name for the upload.
        upload_id: String,
        /// How large each part is but the last.
        part_size_bytes: u64,
    },
}

/// The parts that a file comes in: all of one size, but the last may be smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    size_bytes: u64,
    part_size_bytes: u64,
}

impl Parts {
    /// The largest file that comes at once.
    pub const SINGLE_MAX_BYTES: u64 = 16 << 20;
    /// For files of which this is the most, parts are small: what an interruption costs is a part.
    const SMALL_MAX_BYTES: u64 = 1 << 30;
    const SMALL_BYTES: u64 = 8 << 20;
    /// The largest file has 320 of these. S3 takes 10,000, and lists 1,000 in one answer.
    const LARGE_BYTES: u64 = 16 << 20;

    /// The parts of a new file of this size; `None` if it comes at once.
    pub fn of_new(size_bytes: u64) -> Option<Self> {
        if size_bytes <= Self::SINGLE_MAX_BYTES {
            return None;
        }
        let is_small = size_bytes <= Self::SMALL_MAX_BYTES;
        Some(Self::new(size_bytes, if is_small { Self::SMALL_BYTES } else { Self::LARGE_BYTES }))
    }

    /// The parts of a file that comes in parts of this size; `None` for one that comes at once.
    pub fn of(file: &File) -> Option<Self> {
        match file.upload {
            Upload::Single { .. } => None,
            Upload::Multipart { part_size_bytes, .. } => Some(Self::new(file.size_bytes, part_size_bytes)),
        }
    }

    fn new(size_bytes: u64, part_size_bytes: u64) -> Self {
        Self { size_bytes, part_size_bytes: part_size_bytes.max(1) }
    }

    /// The size of each part but the last.
    pub fn part_size_bytes(&self) -> u64 {
        self.part_size_bytes
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.size_bytes.div_ceil(self.part_size_bytes)).unwrap_or(u32::MAX)
    }

    /// The size of a part by its number, from 1; `None` if there is no such part.
    pub fn size_of(&self, number: u32) -> Option<u64> {
        let before = u64::from(number.checked_sub(1)?) * self.part_size_bytes;
        let left = self.size_bytes.checked_sub(before).filter(|left| *left > 0)?;
        Some(left.min(self.part_size_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_come_at_once_and_large_ones_in_parts_that_add_up() {
        assert_eq!(Parts::of_new(1), None);
        assert_eq!(Parts::of_new(Parts::SINGLE_MAX_BYTES), None);
        for size in
            [Parts::SINGLE_MAX_BYTES + 1, 24 << 20, 200_000_000, 1 << 30, (1 << 30) + 1, File::MAX_BYTES]
        {
            let parts = Parts::of_new(size).unwrap();
            let sizes: Vec<u64> = (1..=parts.count()).map(|number| parts.size_of(number).unwrap()).collect();
            assert_eq!(sizes.iter().sum::<u64>(), size);
            assert!(sizes.iter().rev().skip(1).all(|size| *size == parts.part_size_bytes()));
            assert!((8 << 20..=16 << 20).contains(&parts.part_size_bytes()) && parts.count() < 1000);
            assert_eq!((parts.size_of(0), parts.size_of(parts.count() + 1)), (None, None));
        }
        assert_eq!(Parts::of_new(File::MAX_BYTES).unwrap().count(), 320);
    }
}
