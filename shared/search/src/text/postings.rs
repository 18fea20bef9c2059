//! Where a word stands: in which documents, how often in which of their fields, and at which places.
//!
//! A word's postings are the number of its documents, then blocks of up to [`BLOCK`] of them. A block is a row of documents
//! (the distance from the one before, a byte that says how often and where, rarely more), then their places. Before the
//! places of a block that another follows stands their size in bytes, so that who needs no places can skip them.

use super::codec::Reader;

/// The fields of a document: title, tags, body.
pub(super) const FIELDS: usize = 3;
/// Documents of a block.
pub(super) const BLOCK: usize = 128;
/// How often a word stands in one field, if that is more than fits beside the field's number.
pub(super) const MANY: u32 = 31;

/// How often a word stands in each field.
pub(super) type Counts = [u16; FIELDS];

/// A place in a document: its field in the top bits, then the number of the word.
pub(super) fn place(field: usize, position: u32) -> u32 {
    (field as u32) << 28 | position
}

/// Which field a place is in.
pub(super) fn field_of(place: u32) -> usize {
    (place >> 28) as usize
}

/// Reads the documents of a word.
#[derive(Debug)]
pub(super) struct Postings<'a> {
    reader: Reader<'a>,
    /// Documents not read yet.
    left: u32,
    in_block: usize,
    next: u32,
    /// No document is as great as this.
    end: u32,
}

impl<'a> Postings<'a> {
    /// Those that begin at `offset`, of a segment with `end` documents.
    pub(super) fn new(bytes: &'a [u8], offset: u32, end: u32) -> Self {
        let mut reader = Reader::new(bytes, offset as usize);
        let left = reader.varint().min(end);
        Self { reader, left, in_block: 0, next: 0, end }
    }

    /// Calls `each` with every document and how often the word stands in it.
    #[inline]
    pub(super) fn each(self, mut each: impl FnMut(u32, Counts)) {
        self.any(|document, counts| {
            each(document, counts);
            false
        });
    }

    /// Whether a document is so. No more are asked than needed.
    #[inline]
    pub(super) fn any(mut self, mut is_so: impl FnMut(u32, Counts) -> bool) -> bool {
        while self.left > 0 {
            if self.in_block == BLOCK {
                let places = self.reader.varint();
                self.reader.skip(places);
                self.in_block = 0;
            }
            let Some((document, counts)) = self.document() else {
                return false;
            };
            if is_so(document, counts) {
                return true;
            }
        }
        false
    }

    /// Calls `each` with every document that is wanted, and with the word's places in it, sorted.
    pub(super) fn each_with_places(
        mut self,
        mut is_wanted: impl FnMut(u32) -> bool,
        mut each: impl FnMut(u32, &[u32]),
    ) {
        let mut block = Vec::with_capacity(BLOCK);
        let mut places = Vec::new();
        while self.left > 0 {
            block.clear();
            self.in_block = 0;
            while self.left > 0 && self.in_block < BLOCK {
                let Some((document, counts)) = self.document() else {
                    return;
                };
                block.push((document, counts, is_wanted(document)));
            }
            let size = if self.left > 0 { self.reader.varint() } else { 0 };
            let mut reader = self.reader;
            self.reader.skip(size);
            if !block.iter().any(|(.., is_wanted)| *is_wanted) {
                continue;
            }
            for (document, counts, is_wanted) in &block {
                read_places(&mut reader, *counts, &mut places);
                if *is_wanted {
                    each(*document, &places);
                }
            }
        }
    }

    #[inline]
    fn document(&mut self) -> Option<(u32, Counts)> {
        let document = self.next.checked_add(self.reader.varint()).filter(|&document| document < self.end)?;
        self.next = document + 1;
        self.left -= 1;
        self.in_block += 1;
        let code = self.reader.byte();
        let mut counts = [0; FIELDS];
        let count = u32::from(code >> FIELDS);
        if count == 0 {
            for (field, slot) in counts.iter_mut().enumerate() {
                if code & 1 << field != 0 {
                    *slot = self.reader.varint() as u16;
                }
            }
        } else {
            let count = if count == MANY { MANY.saturating_add(self.reader.varint()) } else { count };
            counts[(code & 7).trailing_zeros().min(FIELDS as u32 - 1) as usize] = count as u16;
        }
        Some((document, counts))
    }
}

fn read_places(reader: &mut Reader<'_>, counts: Counts, into: &mut Vec<u32>) {
    into.clear();
    for (field, &count) in counts.iter().enumerate() {
        let mut position = 0_u32;
        for _ in 0..count {
            if reader.is_at_end() {
                return;
            }
            position = position.wrapping_add(reader.varint()) & ((1 << 28) - 1);
            into.push(place(field, position));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::posting_writer::PostingsWriter;
    use super::*;

    type Written = Vec<(u32, Vec<u32>)>;

    fn written(documents: &Written) -> Vec<u8> {
        let mut writer = PostingsWriter::default();
        documents.iter().for_each(|(document, places)| writer.push(*document, places.iter().copied()));
        let mut bytes = vec![9, 9];
        writer.finish(&mut bytes);
        bytes
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_was_written_is_read(
            documents in prop::collection::btree_map(0_u32..5000, prop::collection::btree_set((0_usize..3, 0_u32..70_000), 1..40), 0..400)
        ) {
            let documents: Written = documents.into_iter()
                .map(|(document, places)| (document, places.into_iter().map(|(field, at)| place(field, at)).collect()))
                .collect();
            let bytes = written(&documents);
            let mut counted = Vec::new();
            Postings::new(&bytes, 2, 5000).each(|document, counts| counted.push((document, counts.map(usize::from))));
            let expected: Vec<_> = documents.iter()
                .map(|(document, places)| (*document, [0, 1, 2].map(|field| places.iter().filter(|&&at| field_of(at) == field).count())))
                .collect();
            prop_assert_eq!(counted, expected);

            let mut read = Vec::new();
            Postings::new(&bytes, 2, 5000)
                .each_with_places(|document| document % 3 != 0, |document, places| read.push((document, places.to_vec())));
            let expected: Written = documents.into_iter().filter(|(document, _)| document % 3 != 0).collect();
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn nonsense_ends(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut count = 0;
            Postings::new(&bytes, 0, 1000).each(|document, _| { assert!(document < 1000); count += 1; });
            Postings::new(&bytes, 0, 1000).each_with_places(|_| true, |document, _| assert!(document < 1000));
            prop_assert!(count <= 1000);
        }
    }

    #[test]
    fn a_word_of_one_document_takes_four_bytes() {
        assert_eq!(written(&vec![(100, vec![place(2, 40)])])[2..], [1, 100, 1 << 3 | 4, 40]);
    }
}
