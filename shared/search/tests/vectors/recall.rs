//! Nothing near is missed for having been kept in few bytes.

use app_search::vectors::VectorSet;

use crate::made::{Numbers, id};

/// What vectors are like.
#[derive(Debug, Clone, Copy)]
enum Like {
    /// Topics with many alike, each different in its details.
    Memories,
    /// The same, with a few numbers much larger than the others, as short texts have with the built-in model.
    ShortTexts,
    /// Hundreds that hardly differ, as receipts do.
    Receipts,
}

impl Like {
    fn clusters(self) -> usize {
        if matches!(self, Self::Receipts) { 8 } else { 40 }
    }

    fn vector(self, numbers: &mut Numbers, centres: &[Vec<f32>]) -> Vec<f32> {
        let centre = &centres[numbers.next() as usize % centres.len()];
        let spread = if matches!(self, Self::Receipts) { 0.1 } else { 0.3 + numbers.unit() };
        let vector = centre.iter().map(|number| number + spread * numbers.normal());
        let vector: Vec<f32> = match self {
            Self::ShortTexts => vector.map(|number| number.powi(3)).collect(),
            Self::Memories | Self::Receipts => vector.collect(),
        };
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        vector.into_iter().map(|number| number / length).collect()
    }
}

fn recall_at_10(like: Like, vectors: usize, dimensions: usize, queries: usize) -> f64 {
    let mut numbers = Numbers(dimensions as u64);
    let centres: Vec<_> = (0..like.clusters()).map(|_| numbers.vector(dimensions)).collect();
    let vectors: Vec<_> = (0..vectors).map(|_| like.vector(&mut numbers, &centres)).collect();
    let mut set = VectorSet::new("model", dimensions).unwrap();
    for (number, vector) in (0..).zip(&vectors) {
        set.insert(id(number), vector).unwrap();
    }
    let mut found = 0;
    for _ in 0..queries {
        let query = like.vector(&mut numbers, &centres);
        let dot = |vector: &[f32]| vector.iter().zip(&query).map(|(a, b)| a * b).sum::<f32>();
        let mut exact: Vec<_> =
            (0..).zip(&vectors).map(|(number, vector)| (dot(vector), id(number))).collect();
        exact.sort_by(|a, b| b.0.total_cmp(&a.0));
        let hits = set.search(&query, 10, |_| true).unwrap();
        found += hits.iter().filter(|hit| exact[..10].iter().any(|(_, id)| *id == hit.id)).count();
    }
    found as f64 / (10 * queries) as f64
}

#[test]
fn the_ten_nearest_are_the_ten_nearest() {
    for like in [Like::Memories, Like::ShortTexts, Like::Receipts] {
        for (vectors, dimensions) in [(3000, 64), (3000, 256), (2000, 1536)] {
            let recall = recall_at_10(like, vectors, dimensions, 30);
            assert!(recall >= 0.99, "{like:?}, {vectors} × {dimensions}: {recall}");
        }
    }
}
