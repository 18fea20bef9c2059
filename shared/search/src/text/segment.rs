//! A segment: some of a person's entities, ready to be searched by their words. It never changes.

use std::fmt;

use app_domain::MemoryId;
use bytes::Bytes;
use fst::Map;
use uuid::Uuid;

use super::codec::{Reader, item};
use super::format::{Section, Sections};
use super::postings::{FIELDS, Postings};
use super::table::Table;
use crate::{EntityId, SegmentError};

/// Some of a person's entities, ready to be searched by their words.
pub struct Segment {
    byte_len: usize,
    sections: Sections,
    pub(super) words: Map<Bytes>,
    stems: Table,
    pub(super) facets: Table,
}

impl Segment {
    /// Reads what [`Segment::build`] or [`Segment::merge`] returned. The bytes are kept as they are, so opening costs little
    /// more than their checksum.
    ///
    /// # Errors
    /// If the bytes are anything else, to the last bit.
    pub fn open(bytes: impl Into<Bytes>) -> Result<Self, SegmentError> {
        let bytes = bytes.into();
        let byte_len = bytes.len();
        let sections = Sections::read(bytes)?;
        let words = Map::new(sections.of(Section::Words).clone());
        let words = words.map_err(|_| SegmentError::Corrupt("its dictionary is none"))?;
        let table = |section| {
            Table::read(sections.of(section)).ok_or(SegmentError::Corrupt("one of its tables is none"))
        };
        let (stems, facets) = (table(Section::Stems)?, table(Section::FacetNames)?);
        let segment = Self { byte_len, words, stems, facets, sections };
        segment.check_ids()?;
        Ok(segment)
    }

    /// Ids are looked up by halves, which only works in order.
    fn check_ids(&self) -> Result<(), SegmentError> {
        for section in [Section::Ids, Section::Removed] {
            let (ids, rest) = self.sections.of(section).as_chunks::<{ EntityId::BYTES }>();
            if !rest.is_empty() || !ids.is_sorted_by(|one, other| one < other) {
                return Err(SegmentError::Corrupt("its ids are not in order"));
            }
            if ids.last().is_some_and(|last| EntityId::from_bytes(*last).is_none()) {
                return Err(SegmentError::Corrupt("it holds an unknown kind"));
            }
        }
        Ok(())
    }

    /// How many documents there are.
    pub fn document_count(&self) -> usize {
        self.sections.documents as usize
    }

    /// How many bytes it has when stored.
    pub fn byte_len(&self) -> usize {
        self.byte_len
    }

    /// How many bytes of memory it holds.
    pub fn held_bytes(&self) -> usize {
        self.byte_len + size_of::<Self>()
    }

    /// The ids of its documents, in order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = EntityId> {
        (0..self.documents()).map(|document| self.id(document))
    }

    /// The ids of what it hides in older segments, although it does not hold them itself.
    pub fn removed_ids(&self) -> impl Iterator<Item = EntityId> {
        let (ids, _) = self.sections.of(Section::Removed).as_chunks();
        ids.iter().filter_map(|id| EntityId::from_bytes(*id))
    }

    /// How many ids it knows: its documents, and what it hides in older segments.
    pub fn id_count(&self) -> usize {
        self.document_count() + self.sections.of(Section::Removed).len() / EntityId::BYTES
    }

    pub(super) fn documents(&self) -> u32 {
        self.sections.documents
    }

    pub(super) fn id(&self, document: u32) -> EntityId {
        // Which kinds there are was checked on opening.
        EntityId::from_bytes(item(self.sections.of(Section::Ids), document))
            .unwrap_or_else(|| EntityId::Memory(Uuid::nil().into()))
    }

    pub(super) fn memory(&self, document: u32) -> Option<MemoryId> {
        let memory = Uuid::from_bytes(item(self.sections.of(Section::Memories), document));
        (!memory.is_nil()).then(|| memory.into())
    }

    /// When a document was made, in milliseconds.
    pub(super) fn made_at(&self, document: u32) -> i64 {
        i64::from_le_bytes(item(self.sections.of(Section::Times), document))
    }

    pub(super) fn language(&self, document: u32) -> u8 {
        item::<1>(self.sections.of(Section::Languages), document)[0]
    }

    #[inline]
    pub(super) fn lengths(&self, document: u32) -> [u16; FIELDS] {
        let [a, b, c, d, e, f] = item(self.sections.of(Section::Lengths), document);
        [[a, b], [c, d], [e, f]].map(u16::from_le_bytes)
    }

    /// The numbers of a document's facets, in order.
    pub(super) fn facets(&self, document: u32) -> impl Iterator<Item = u32> {
        let start = u32::from_le_bytes(item(self.sections.of(Section::FacetStarts), document));
        let mut reader = Reader::new(self.sections.of(Section::Facets), start as usize);
        let count = reader.varint();
        (0..count).map_while(move |_| (!reader.is_at_end()).then(|| reader.varint()))
    }

    /// The document of an id.
    pub(super) fn find(&self, id: EntityId) -> Option<u32> {
        let (ids, _) = self.sections.of(Section::Ids).as_chunks();
        ids.binary_search(&id.to_bytes()).ok().map(|at| at as u32)
    }

    pub(super) fn postings(&self, offset: u32) -> Postings<'_> {
        Postings::new(self.sections.of(Section::Postings), offset, self.documents())
    }

    /// Calls `each` with every word of a stem: where its postings begin, and in which languages that is its stem.
    pub(super) fn each_of_stem(&self, stem: &str, mut each: impl FnMut(u32, u32)) {
        let Some(start) = self.stems.get(stem) else {
            return;
        };
        let mut reader = Reader::new(self.sections.of(Section::StemWords), start as usize);
        let mut offset = 0_u32;
        for _ in 0..reader.varint() {
            if reader.is_at_end() {
                return;
            }
            offset = offset.wrapping_add(reader.varint());
            each(offset, reader.varint());
        }
    }
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people wrote does not belong into logs.
        f.debug_struct("Segment")
            .field("documents", &self.document_count())
            .field("bytes", &self.byte_len)
            .finish_non_exhaustive()
    }
}
