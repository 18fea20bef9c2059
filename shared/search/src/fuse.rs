//! Bringing two rankings of the same question together: what was found by words, and what by meaning.

use std::collections::HashMap;
use std::time::Duration;

use app_domain::Timestamp;

use crate::EntityId;

/// How rankings are brought together: by reciprocal rank (Cormack, Clarke and Büttcher 2009), with recency as a tie-breaker.
///
/// A hit scores `weight / (k + rank)` for each ranking that it is in, ranks counted from 1, and
/// `recency × 2^(−age / half_life)` for being recent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fusion {
    /// How little the first ranks stand out. 60 is the paper's, and its results hardly change from 20 to 100.
    pub k: f32,
    /// What the ranking by words counts.
    pub text: f32,
    /// What the ranking by meaning counts.
    pub vector: f32,
    /// What something made right now gets. The default is the difference between the first rank and the second: it decides
    /// between neighbours, and never lifts a hit over one that is better in both rankings by more than a rank.
    pub recency: f32,
    /// The age at which that is half as much.
    pub half_life: Duration,
}

impl Default for Fusion {
    fn default() -> Self {
        let k = 60.0;
        let month = Duration::from_secs(30 * 24 * 60 * 60);
        Self { k, text: 1.0, vector: 1.0, recency: 1.0 / (k + 1.0) - 1.0 / (k + 2.0), half_life: month }
    }
}

/// What a score is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ScoreParts {
    /// For being found by words.
    pub text: f32,
    /// For being found by meaning.
    pub vector: f32,
    /// For being recent.
    pub recency: f32,
}

/// Something found, by words, by meaning or by both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FusedHit {
    /// What was found.
    pub id: EntityId,
    /// The sum of the parts.
    pub score: f32,
    /// What the score is made of.
    pub parts: ScoreParts,
}

impl Fusion {
    /// All hits of both rankings, each given with the best first, the best first; of equals the newer. `made_at` says when
    /// something was made: what it does not know counts as infinitely old, and what lies ahead as made `now`.
    pub fn fuse(
        &self,
        text: &[EntityId],
        vector: &[EntityId],
        made_at: impl Fn(EntityId) -> Option<Timestamp>,
        now: Timestamp,
    ) -> Vec<FusedHit> {
        let mut parts: HashMap<EntityId, ScoreParts> = HashMap::with_capacity(text.len() + vector.len());
        // Should a ranking name something twice, the better rank counts.
        for (rank, id) in (1_u16..).zip(text) {
            let part = &mut parts.entry(*id).or_default().text;
            *part = part.max(self.text / (self.k + f32::from(rank)));
        }
        for (rank, id) in (1_u16..).zip(vector) {
            let part = &mut parts.entry(*id).or_default().vector;
            *part = part.max(self.vector / (self.k + f32::from(rank)));
        }
        let mut hits: Vec<(FusedHit, Option<Timestamp>)> = parts
            .into_iter()
            .map(|(id, parts)| {
                let made = made_at(id);
                let recency = made.map_or(0.0, |made| self.recency_of(made, now));
                let parts = ScoreParts { recency, ..parts };
                (FusedHit { id, score: parts.text + parts.vector + parts.recency, parts }, made)
            })
            .collect();
        hits.sort_unstable_by(|(one, one_made), (other, other_made)| {
            let by_score = other.score.total_cmp(&one.score);
            by_score.then_with(|| other_made.cmp(one_made)).then_with(|| other.id.cmp(&one.id))
        });
        hits.into_iter().map(|(hit, _)| hit).collect()
    }

    fn recency_of(&self, made: Timestamp, now: Timestamp) -> f32 {
        let half_lives = now.since(made).as_secs_f32() / self.half_life.as_secs_f32().max(1.0);
        self.recency * (-half_lives).exp2()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: i64 = 1_795_000_000_000;
    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn id(number: u128) -> EntityId {
        EntityId::Memory(Uuid::from_u128(number).into())
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap()
    }

    fn fused(text: &[u128], vector: &[u128], age_days: impl Fn(u128) -> i64) -> Vec<u128> {
        let ids = |numbers: &[u128]| numbers.iter().map(|&number| id(number)).collect::<Vec<_>>();
        let made = |id: EntityId| Some(at(NOW - age_days(id.as_uuid().as_u128()) * DAY));
        let hits = Fusion::default().fuse(&ids(text), &ids(vector), made, at(NOW));
        hits.iter().map(|hit| hit.id.as_uuid().as_u128()).collect()
    }

    #[test]
    fn what_both_find_comes_first() {
        assert_eq!(fused(&[1, 2, 3], &[4, 3, 5], |_| 0)[0], 3);
    }

    #[test]
    fn of_equals_the_newer_comes_first() {
        assert_eq!(fused(&[1], &[2], |number| number as i64), [1, 2]);
        assert_eq!(fused(&[1], &[2], |number| 9 - number as i64), [2, 1]);
    }

    #[test]
    fn recency_is_gentle() {
        // Something of today does not pass what is two ranks better.
        assert_eq!(fused(&[1, 2, 3], &[1, 2, 3], |number| if number == 3 { 0 } else { 5_000 }), [1, 2, 3]);
    }

    #[test]
    fn the_parts_add_up_and_unknown_times_are_old() {
        let hits = Fusion::default().fuse(&[id(1), id(2)], &[id(2)], |_| None, at(NOW));
        assert!(hits.iter().all(|hit| hit.parts.recency == 0.0));
        assert_eq!(hits[0].score, 1.0 / 62.0 + 1.0 / 61.0);
        assert_eq!(hits[0].id, id(2));
    }

    #[test]
    fn the_future_is_now_and_nothing_comes_of_nothing() {
        assert_eq!(fused(&[1, 2], &[], |number| if number == 1 { -400 } else { 0 }), [1, 2]);
        assert_eq!(fused(&[], &[], |_| 0), Vec::<u128>::new());
    }

    #[test]
    fn repeated_hits_count_once() {
        let hits = Fusion::default().fuse(&[id(1), id(1)], &[], |_| None, at(NOW));
        assert_eq!((hits.len(), hits[0].score), (1, 1.0 / 61.0));
    }
}
