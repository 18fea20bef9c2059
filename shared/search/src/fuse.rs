//! Bringing two rankings of the same question together: what was found by words, and what by meaning.

use std::collections::HashMap;
use std::time::Duration;

use app_domain::Timestamp;

use crate::EntityId;
use crate::vectors::VectorHit;

/// How rankings are brought together: by reciprocal rank (Cormack, Clarke and Büttcher 2009), with recency as a tie-breaker.
///
/// A hit scores `weight / (k + rank)` for each ranking that it is in, ranks counted from 1, and
/// `recency × 2^(−age / half_life)` for being recent. The model that placed the texts knows what its ranking should weigh, and
/// which similarity says nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fusion {
    /// How little the first ranks stand out. The paper has 60, for many rankings, about equally good, that are read to the
    /// end: what is sixtieth in two of them comes before the first of one. Here there are two, either of which may know
    /// nothing of the answer, and people read the beginning. With 10, the first of one ranking comes before what is
    /// thirteenth in both.
    pub k: f32,
    /// What the ranking by words counts.
    pub text: f32,
    /// What the ranking by meaning counts. 1 for a model that knows what words mean. A tenth for one that goes by their looks,
    /// which a search by words knows better: what it finds alone then comes behind a hundred hits by words, and what it
    /// finds first moves up by one rank at the top, by a few further down.
    pub vector: f32,
    /// The similarity that texts may have by chance. What is not nearer is no hit by meaning, unless words found it as well:
    /// a query that nothing answers should find nothing. The default counts everything.
    pub chance: f32,
    /// What something made right now gets. The default is the difference between the tenth rank and the eleventh: among the
    /// first ten it decides between neighbours at most.
    pub recency: f32,
    /// The age at which that is half as much.
    pub half_life: Duration,
}

impl Default for Fusion {
    fn default() -> Self {
        let k = 10.0;
        let month = Duration::from_secs(30 * 24 * 60 * 60);
        let recency = 1.0 / (k + 10.0) - 1.0 / (k + 11.0);
        Self { k, text: 1.0, vector: 1.0, chance: f32::NEG_INFINITY, recency, half_life: month }
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
    /// All hits of both rankings that count, each given with the best first, the best first; of equals the newer. `made_at`
    /// says when something was made: what it does not know counts as infinitely old, and what lies ahead as made `now`.
    pub fn fuse(
        &self,
        text: &[EntityId],
        vector: &[VectorHit],
        made_at: impl Fn(EntityId) -> Option<Timestamp>,
        now: Timestamp,
    ) -> Vec<FusedHit> {
        let mut parts: HashMap<EntityId, ScoreParts> = HashMap::with_capacity(text.len() + vector.len());
        // Should a ranking name something twice, the better rank counts.
        for (rank, id) in (1_u32..).zip(text) {
            let part = &mut parts.entry(*id).or_default().text;
            *part = part.max(self.text / (self.k + rank as f32));
        }
        for (rank, hit) in (1_u32..).zip(vector) {
            if hit.similarity > self.chance || parts.contains_key(&hit.id) {
                let part = &mut parts.entry(hit.id).or_default().vector;
                *part = part.max(self.vector / (self.k + rank as f32));
            }
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

    fn near(number: u128, similarity: f32) -> VectorHit {
        VectorHit { id: id(number), similarity }
    }

    fn fused(text: &[u128], vector: &[u128], age_days: impl Fn(u128) -> i64) -> Vec<u128> {
        let text: Vec<_> = text.iter().map(|&number| id(number)).collect();
        let vector: Vec<_> = vector.iter().map(|&number| near(number, 0.5)).collect();
        let made = |id: EntityId| Some(at(NOW - age_days(id.as_uuid().as_u128()) * DAY));
        numbers(&Fusion::default().fuse(&text, &vector, made, at(NOW)))
    }

    fn numbers(hits: &[FusedHit]) -> Vec<u128> {
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
        // Something of today does not even pass its neighbour, if both rankings have that first.
        let ten: Vec<u128> = (1..=10).collect();
        for new in 1..=10 {
            assert_eq!(fused(&ten, &ten, |number| if number == new { 0 } else { 5_000 }), ten);
        }
    }

    #[test]
    fn the_first_of_one_ranking_comes_before_the_thirteenth_of_both() {
        let text: Vec<u128> = [1].into_iter().chain(100..111).chain([2]).collect();
        let vector: Vec<u128> = (200..212).chain([2]).collect();
        assert_eq!(fused(&text, &vector, |_| 0)[..3], [200, 1, 2]);
    }

    #[test]
    fn what_is_near_by_chance_is_no_hit_unless_words_found_it() {
        let fusion = Fusion { chance: 0.3, ..Fusion::default() };
        let vector = [near(3, 0.4), near(4, 0.3), near(2, 0.2), near(5, -0.5)];
        let hits = fusion.fuse(&[id(1), id(2)], &vector, |_| None, at(NOW));
        assert_eq!(numbers(&hits), [2, 3, 1]);
        assert_eq!(hits[0].parts, ScoreParts { text: 1.0 / 12.0, vector: 1.0 / 13.0, recency: 0.0 });
    }

    #[test]
    fn a_model_with_a_tenth_of_the_weight_adds_behind_a_hundred_hits_by_words() {
        let fusion = Fusion { vector: 0.1, ..Fusion::default() };
        let text: Vec<EntityId> = (1..=99).map(id).collect();
        let hits = fusion.fuse(&text, &[near(100, 0.9)], |_| None, at(NOW));
        assert_eq!(numbers(&hits), (1..=100).collect::<Vec<_>>());
    }

    #[test]
    fn the_parts_add_up_and_unknown_times_are_old() {
        let hits = Fusion::default().fuse(&[id(1), id(2)], &[near(2, 0.1)], |_| None, at(NOW));
        assert!(hits.iter().all(|hit| hit.parts.recency == 0.0));
        assert_eq!(hits[0].score, 1.0 / 12.0 + 1.0 / 11.0);
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
        assert_eq!((hits.len(), hits[0].score), (1, 1.0 / 11.0));
    }
}
