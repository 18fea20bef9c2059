//! The best of many, without sorting them all.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::EntityId;

/// Something found. The greater of two is the better: more similar, and if equally so, of the later id, which is the newer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) similarity: f32,
    pub(super) id: EntityId,
    /// In which set, and in which row of it.
    pub(super) place: (u32, u32),
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.similarity.total_cmp(&other.similarity).then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate {}

/// Keeps the best of what it is offered.
pub(super) struct Best {
    limit: usize,
    kept: BinaryHeap<Reverse<Candidate>>,
}

impl Best {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, kept: BinaryHeap::with_capacity(limit) }
    }

    /// Whether something as similar as this may be among the best. Cheap, and rarely true in a long scan.
    pub(super) fn may_take(&self, similarity: f32) -> bool {
        self.kept.len() < self.limit || self.kept.peek().is_some_and(|worst| similarity >= worst.0.similarity)
    }

    /// Keeps the candidate if it is among the best. Whether it is allowed is asked only then.
    pub(super) fn offer(&mut self, candidate: Candidate, allowed: impl FnOnce() -> bool) {
        if self.kept.len() < self.limit {
            if allowed() {
                self.kept.push(Reverse(candidate));
            }
        } else if let Some(mut worst) = self.kept.peek_mut()
            && candidate > worst.0
            && allowed()
        {
            *worst = Reverse(candidate);
        }
    }

    /// Everything kept, the best first.
    pub(super) fn into_sorted(self) -> Vec<Candidate> {
        self.kept.into_sorted_vec().into_iter().map(|Reverse(candidate)| candidate).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn candidate(similarity: f32, id: u128) -> Candidate {
        Candidate { similarity, id: EntityId::Memory(Uuid::from_u128(id).into()), place: (0, 0) }
    }

    fn kept(best: Best) -> Vec<(f32, u128)> {
        let sorted = best.into_sorted();
        sorted.iter().map(|kept| (kept.similarity, kept.id.as_uuid().as_u128())).collect()
    }

    #[test]
    fn the_best_are_kept_and_of_equals_the_newer() {
        let mut best = Best::new(2);
        for (similarity, id) in [(0.1, 1), (0.9, 2), (0.5, 9), (0.5, 3), (0.9, 4), (0.9, 3)] {
            best.offer(candidate(similarity, id), || true);
        }
        assert_eq!(kept(best), [(0.9, 4), (0.9, 3)]);
    }

    #[test]
    fn what_is_not_allowed_takes_no_place() {
        let mut best = Best::new(1);
        best.offer(candidate(0.9, 1), || false);
        best.offer(candidate(0.1, 2), || true);
        best.offer(candidate(0.8, 3), || false);
        assert_eq!(kept(best), [(0.1, 2)]);
    }

    #[test]
    fn none_may_be_wanted() {
        let mut best = Best::new(0);
        assert!(!best.may_take(1.0));
        best.offer(candidate(1.0, 1), || true);
        assert_eq!(kept(best), []);
    }
}
