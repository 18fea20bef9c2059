//! How a segment lies in its bytes.
//!
//! Version 1, numbers little-endian: `MTXT`, version (2 bytes), documents (4), the size of each
//! [`Section`] (4 each), the sections one after the other, and at the end the CRC-32 of everything before. Documents are in
//! the order of their ids and go by their number in it. What a segment holds decides its bytes, not how it came to hold it.

use bytes::Bytes;

use crate::{EntityId, SegmentError};

const MAGIC: [u8; 4] = *b"MTXT";
const VERSION: u16 = 1;
const CHECKSUM_BYTES: usize = 4;
const HEADER_BYTES: usize = MAGIC.len() + 2 + 4 + 4 * Section::COUNT;

/// A part of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Of each document, its id.
    Ids,
    /// Of each document, the UUID of the memory that it belongs to, or zeros.
    Memories,
    /// Of each document, when it was made, in milliseconds.
    Times,
    /// Of each document, the number of its language.
    Languages,
    /// Of each document, how many words its fields have, in 2 bytes each.
    Lengths,
    /// Of each document, where its facets begin in the next section.
    FacetStarts,
    /// Of each document, how many facets it has and their numbers.
    Facets,
    /// A table of facets with their numbers.
    FacetNames,
    /// The ids of what was removed since older segments were written.
    Removed,
    /// A dictionary from the keys of words to where their postings begin.
    Words,
    /// The postings.
    Postings,
    /// A table of stems with where their words begin in the next section.
    Stems,
    /// Of each stem, how many words have it; of each word, where its postings begin and in which languages it is so.
    StemWords,
}

impl Section {
    /// How many there are.
    pub(super) const COUNT: usize = Self::StemWords as usize + 1;

    /// The bytes of each document, in a section where they all have as many.
    fn bytes_per_document(self) -> Option<usize> {
        Some(match self {
            Self::Ids => EntityId::BYTES,
            Self::Memories => 16,
            Self::Times => 8,
            Self::Languages => 1,
            Self::Lengths => 6,
            Self::FacetStarts => 4,
            _ => return None,
        })
    }

    const ALL: [Self; Self::COUNT] = [
        Self::Ids,
        Self::Memories,
        Self::Times,
        Self::Languages,
        Self::Lengths,
        Self::FacetStarts,
        Self::Facets,
        Self::FacetNames,
        Self::Removed,
        Self::Words,
        Self::Postings,
        Self::Stems,
        Self::StemWords,
    ];
}

/// The sections of a segment, and how many documents it has.
#[derive(Debug, Clone)]
pub(super) struct Sections {
    pub(super) documents: u32,
    sections: [Bytes; Section::COUNT],
}

impl Sections {
    /// A section's bytes.
    pub(super) fn of(&self, section: Section) -> &Bytes {
        &self.sections[section as usize]
    }

    /// # Errors
    /// If the bytes are not those of a segment of this version, to the last bit.
    pub(super) fn read(bytes: Bytes) -> Result<Self, SegmentError> {
        let header = bytes.first_chunk::<HEADER_BYTES>().ok_or(SegmentError::Corrupt("it ends too early"))?;
        if !header.starts_with(&MAGIC) {
            return Err(SegmentError::Corrupt("it is no text segment"));
        }
        let mut numbers = header[6..].as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number));
        // Before the checksum, whose place another version may have moved.
        let version = u16::from_le_bytes([header[4], header[5]]);
        if version != VERSION {
            return Err(SegmentError::Version(version));
        }
        let content_bytes = bytes.len() - CHECKSUM_BYTES;
        let (content, checksum) = bytes.split_at(content_bytes);
        if checksum != crc32fast::hash(content).to_le_bytes() {
            return Err(SegmentError::Corrupt("its checksum is wrong"));
        }
        let documents = numbers.next().unwrap_or_default();
        let mut start = HEADER_BYTES;
        let mut sections = [const { Bytes::new() }; Section::COUNT];
        for ((section, slot), size) in Section::ALL.into_iter().zip(&mut sections).zip(numbers) {
            let size = size as usize;
            if section
                .bytes_per_document()
                .is_some_and(|each| each.checked_mul(documents as usize) != Some(size))
            {
                return Err(SegmentError::Corrupt("a section is not as long as there are documents"));
            }
            let end = start.checked_add(size).filter(|&end| end <= content_bytes);
            let end = end.ok_or(SegmentError::Corrupt("its sections are longer than it is"))?;
            *slot = bytes.slice(start..end);
            start = end;
        }
        if start != content_bytes {
            return Err(SegmentError::Corrupt("its sections are shorter than it is"));
        }
        Ok(Self { documents, sections })
    }
}

/// The bytes of a segment with these sections, in their order.
pub(super) fn write(documents: u32, sections: &[Vec<u8>; Section::COUNT]) -> Vec<u8> {
    let size: usize = sections.iter().map(Vec::len).sum();
    let mut bytes = Vec::with_capacity(HEADER_BYTES + size + CHECKSUM_BYTES);
    bytes.extend(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend(documents.to_le_bytes());
    sections.iter().for_each(|section| bytes.extend((section.len() as u32).to_le_bytes()));
    sections.iter().for_each(|section| bytes.extend(section));
    let checksum = crc32fast::hash(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}
