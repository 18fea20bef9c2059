//! The nearest of the vectors, with all their digits, one after the other.

use std::cmp::Reverse;

use crate::made::Made;

impl Made {
    pub(crate) fn len(&self) -> usize {
        self.vectors.len() / self.dimensions
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
