//! Which documents come first.

use std::cmp::Ordering;

use crate::EntityId;

/// A document with its score.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scored {
    pub(super) part: usize,
    pub(super) document: u32,
    /// Of its words.
    pub(super) score: f32,
    /// How much of the query it holds, as the sum of what its words are worth.
    pub(super) coverage: f32,
    pub(super) made_at: i64,
    pub(super) id: EntityId,
}

impl Scored {
    /// A document that holds all of the query comes before one that holds a part of it more often.
    pub(super) fn rank(&self) -> f32 {
        self.score * self.coverage
    }

    /// The better one first; of equals the newer one, then the one with the greater id.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let by_rank = other.rank().total_cmp(&self.rank());
        by_rank.then_with(|| other.made_at.cmp(&self.made_at)).then_with(|| other.id.cmp(&self.id))
    }
}

/// Keeps the best of what it is offered.
pub(super) struct Best {
    wanted: usize,
    /// Up to twice as many as are wanted; the excess is cut off when that is reached.
    kept: Vec<Scored>,
    /// The worst of those that are wanted, since there are that many.
    worst: Option<Scored>,
}

impl Best {
    pub(super) fn new(wanted: usize) -> Self {
        Self { wanted, kept: Vec::new(), worst: None }
    }

    /// Keeps a document if it is among the best and allowed, which is asked last, as it costs most.
    pub(super) fn offer(&mut self, scored: Scored, allowed: impl FnOnce() -> bool) {
        let is_worse = |worst: &Scored| scored.compare(worst).is_gt();
        if self.wanted == 0 || self.worst.as_ref().is_some_and(is_worse) || !allowed() {
            return;
        }
        self.kept.push(scored);
        if self.kept.len() >= self.wanted.saturating_mul(2) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.kept.sort_unstable_by(Scored::compare);
        self.kept.truncate(self.wanted);
        if self.kept.len() == self.wanted {
            self.worst = self.kept.last().copied();
        }
    }

    pub(super) fn into_sorted(mut self) -> Vec<Scored> {
        self.cut();
        self.kept
    }
}
