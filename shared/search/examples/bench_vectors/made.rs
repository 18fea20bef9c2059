//! Vectors in clusters, the same in every run.

use std::cmp::Reverse;

use app_search::EntityId;
use uuid::Uuid;

/// About as many vectors as one topic of a person has.
const CLUSTER: usize = 250;

/// What vectors of one cluster are like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Like {
    /// Each different in its details; some topics are narrow, some wide.
    Memories,
    /// They hardly differ, as receipts do.
    Receipts,
}

/// Vectors and queries.
pub(crate) struct Made {
    dimensions: usize,
    vectors: Vec<f32>,
    queries: Vec<f32>,
}

impl Made {
    pub(crate) fn new(like: Like, vectors: usize, dimensions: usize, queries: usize) -> Self {
        let mut numbers = Numbers(dimensions as u64);
        let centres: Vec<f32> = (0..(vectors / CLUSTER) * dimensions).map(|_| numbers.normal()).collect();
        let mut clustered = |count: usize| {
            let mut made = Vec::with_capacity(count * dimensions);
            for _ in 0..count {
                let centre = numbers.next() as usize % (vectors / CLUSTER) * dimensions;
                let spread = if like == Like::Receipts { 0.1 } else { 0.3 + numbers.unit() };
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

    pub(crate) fn len(&self) -> usize {
        self.vectors.len() / self.dimensions
    }

    pub(crate) fn dimensions(&self) -> usize {
        self.dimensions
    }

    pub(crate) fn queries(&self) -> impl Iterator<Item = &[f32]> {
        self.queries.chunks_exact(self.dimensions)
    }

    /// The vectors with their ids, whose UUIDs are their numbers.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (EntityId, &[f32])> {
        let ids = (0..).map(|number| EntityId::Memory(Uuid::from_u128(number).into()));
        ids.zip(self.vectors.chunks_exact(self.dimensions))
    }

    /// The numbers of the vectors, then those of the queries, as bytes.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = [u8; 4]> {
        self.vectors.iter().chain(&self.queries).map(|number| number.to_le_bytes())
    }

    /// The nearest, exactly.
    pub(crate) fn nearest(&self, query: &[f32], count: usize) -> Vec<usize> {
        self.nearest_of(query, count, |_| true)
    }

    pub(crate) fn nearest_of(
        &self,
        query: &[f32],
        count: usize,
        allowed: impl Fn(usize) -> bool,
    ) -> Vec<usize> {
        let vectors = self.vectors.chunks_exact(self.dimensions).enumerate();
        let mut all: Vec<_> = vectors
            .filter(|(at, _)| allowed(*at))
            .map(|(at, vector)| (Reverse(Ordered(dot(query, vector))), at))
            .collect();
        all.select_nth_unstable(count - 1);
        all.truncate(count);
        all.into_iter().map(|(_, at)| at).collect()
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 16];
    let (a, _) = a.as_chunks::<16>();
    let (b, _) = b.as_chunks::<16>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..16 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum()
}

#[derive(PartialEq)]
struct Ordered(f32);

impl Eq for Ordered {}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
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
