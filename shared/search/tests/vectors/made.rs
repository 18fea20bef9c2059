//! Ids and vectors for tests, the same in every run.

use app_search::EntityId;
use app_search::vectors::VectorSet;
use uuid::Uuid;

/// An id, of a kind that depends on it.
pub(crate) fn id(number: u128) -> EntityId {
    let uuid = Uuid::from_u128(number);
    match number % 3 {
        0 => EntityId::Memory(uuid.into()),
        1 => EntityId::Message(uuid.into()),
        _ => EntityId::File(uuid.into()),
    }
}

/// A set of these vectors, numbered from 0.
pub(crate) fn set(vectors: &[Vec<f32>]) -> VectorSet {
    let mut set = VectorSet::new("model", vectors[0].len()).unwrap();
    for (number, vector) in (0..).zip(vectors) {
        set.insert(id(number), vector).unwrap();
    }
    set
}

/// Random numbers that are the same everywhere (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// From 0 to 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// About normally distributed, around 0 with variance 1.
    pub(crate) fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }

    pub(crate) fn vector(&mut self, dimensions: usize) -> Vec<f32> {
        (0..dimensions).map(|_| self.normal()).collect()
    }
}
