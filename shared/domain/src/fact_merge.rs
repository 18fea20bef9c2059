//! What becomes of a fact that was found, beside those that are there. Nothing is decided by a model here: a fact that it makes up can
//! at worst be added, or wait for the person.

use crate::fact_terms::is_single;
use crate::{Fact, FactId, FactStatus, NewFact};

/// What becomes of a fact that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is new, and counts.
    Add,
    /// It says what this one says.
    Merge(FactId),
    /// It counts instead of this one, which was true until now.
    Supersede(FactId),
    /// The person shall say whether it is so.
    Review,
    /// Nothing: this one says it, from the same turn; or it did, and the person rejected it.
    Known(FactId),
}

/// Below this a fact waits for the person.
const CERTAIN_ENOUGH_TO_COUNT: f32 = 0.6;
/// From this on a fact may take another's place.
const CERTAIN_ENOUGH_TO_SUPERSEDE: f32 = 0.8;

/// What becomes of a fact that was found. A rejected one is not found again in the same turn, and waits for the person if it is stated
/// in another; what waits for the person goes on waiting, however often it is stated.
pub fn decide(existing: &[Fact], found: &NewFact) -> Decision {
    let (subject, attribute) = (found.subject.folded_name(), found.attribute.folded_name());
    let (value, is_single) = (found.value.folded(), is_single(&found.attribute));
    let (mut same, mut rejected, mut other) = (None, false, None::<&Fact>);
    let of_slot = existing
        .iter()
        .filter(|fact| fact.subject.folded_name() == subject && fact.attribute.folded_name() == attribute);
    for fact in of_slot {
        if fact.value.folded() == value {
            if fact.sources.iter().any(|source| source.turn == found.source.turn) {
                return Decision::Known(fact.id);
            }
            if fact.status.is_open() {
                same = Some(fact.id);
            }
            rejected |= fact.status == FactStatus::Rejected;
        } else if is_single && fact.status == FactStatus::Active {
            // There should be one; if there are more, the one that stands longest does not decide.
            other = other.into_iter().chain([fact]).max_by_key(|fact| fact.stands_since());
        }
    }
    let certainty = found.certainty.get();
    match (same, other) {
        (Some(same), _) => Decision::Merge(same),
        _ if rejected || certainty < CERTAIN_ENOUGH_TO_COUNT => Decision::Review,
        (None, None) => Decision::Add,
        (None, Some(other)) => {
            let is_newer = found.source.said_at > other.stands_since();
            match is_newer && certainty >= CERTAIN_ENOUGH_TO_SUPERSEDE {
                true => Decision::Supersede(other.id),
                false => Decision::Review,
            }
        }
    }
}
