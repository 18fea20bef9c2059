//! Vectors in clusters, the same in every run.

use app_search::EntityId;
use uuid::Uuid;

/// About as many vectors as one topic of a person has.
const CLUSTER: usize = 250;

/// Vectors and queries, one after the other.
pub(crate) struct Made {
    pub(crate) dimensions: usize,
    pub(crate) vectors: Vec<f32>,
    pub(crate) queries: Vec<f32>,
}

impl Made {
    /// `spread` makes of a random number from 0 to 1 how far a vector lies from the centre of its cluster.
    pub(crate) fn new(spread: fn(f32) -> f32, vectors: usize, dimensions: usize, queries: usize) -> Self {
        let mut numbers = Numbers(dimensions as u64);
        let centres: Vec<f32> = (0..(vectors / CLUSTER) * dimensions).map(|_| numbers.normal()).collect();
        let mut clustered = |count: usize| {
            let mut made = Vec::with_capacity(count * dimensions);
            for _ in 0..count {
                let centre = numbers.next() as usize % (vectors / CLUSTER) * dimensions;
                let spread = spread(numbers.unit());
                let from = made.len();
                let centre = &centres[centre..centre + dimensions];
                made.extend(centre.iter().map(|number| number + spread * numbers.normal()));
                let length = made[from..].iter().map(|number| number * number).sum::<f32>().sqrt();
                made[from..].iter_mut().for_each(|number| *number /= length);
            }
            made
        };
        let (vectors, queries) = (clustered(vectors), clustered(queries));
        Self { dimensions, vectors, queries }
    }

    pub(crate) fn queries(&self) -> impl Iterator<Item = &[f32]> {
        self.queries.chunks_exact(self.dimensions)
    }

    /// The vectors with their ids, whose UUIDs are their numbers.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (EntityId, &[f32])> {
        let ids = (0..).map(|number| EntityId::Memory(Uuid::from_u128(number).into()));
        ids.zip(self.vectors.chunks_exact(self.dimensions))
    }
}

/// Random numbers that are the same everywhere (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// About normally distributed, around 0 with variance 1: four numbers of 16 bits, added up.
    fn normal(&mut self) -> f32 {
        let bits = self.next();
        let sum: u32 = (0..4).map(|part| (bits >> (16 * part)) as u32 & 0xffff).sum();
        (sum as f32 / 65_536.0 - 2.0) * 3.0_f32.sqrt()
    }
}
