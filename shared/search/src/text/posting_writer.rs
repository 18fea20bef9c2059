//! Writes what `postings` describes and reads.

use super::codec::put_varint;
use super::postings::{BLOCK, FIELDS, MANY, field_of};

/// Writes the postings of one word, its documents in ascending order.
#[derive(Debug, Default)]
pub(super) struct PostingsWriter {
    documents: u32,
    next: u32,
    in_block: usize,
    /// Finished blocks and the documents of the one that grows.
    bytes: Vec<u8>,
    /// Places of the block that grows.
    places: Vec<u8>,
}

impl PostingsWriter {
    /// Adds a document that is greater than all before, with every place of the word in it, sorted.
    pub(super) fn push(&mut self, document: u32, places: impl Iterator<Item = u32>) {
        if self.in_block == BLOCK {
            put_varint(&mut self.bytes, self.places.len() as u32);
            self.bytes.append(&mut self.places);
            self.in_block = 0;
        }
        let mut counts = [0; FIELDS];
        let mut before = 0;
        for place in places {
            let field = field_of(place).min(FIELDS - 1);
            let position = place & ((1 << 28) - 1);
            put_varint(&mut self.places, if counts[field] == 0 { position } else { position - before });
            before = position;
            counts[field] += 1;
        }
        put_varint(&mut self.bytes, document - self.next);
        self.push_counts(counts);
        self.next = document + 1;
        self.documents += 1;
        self.in_block += 1;
    }

    fn push_counts(&mut self, counts: [u32; FIELDS]) {
        let fields = (0..FIELDS).filter(|&field| counts[field] > 0);
        let mask = fields.clone().fold(0_u8, |mask, field| mask | 1 << field);
        if mask.count_ones() == 1 {
            let count: u32 = counts.iter().sum();
            self.bytes.push((count.min(MANY) << FIELDS) as u8 | mask);
            if count >= MANY {
                put_varint(&mut self.bytes, count - MANY);
            }
        } else {
            self.bytes.push(mask);
            fields.for_each(|field| put_varint(&mut self.bytes, counts[field]));
        }
    }

    /// Appends the postings and is empty again.
    pub(super) fn finish(&mut self, into: &mut Vec<u8>) {
        put_varint(into, self.documents);
        into.append(&mut self.bytes);
        into.append(&mut self.places);
        (self.documents, self.next, self.in_block) = (0, 0, 0);
    }
}
