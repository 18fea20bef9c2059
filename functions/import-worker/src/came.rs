//! What came of units, as the report says it.

use app_domain::{StoreError, Turn};
use app_store::Restored;

use crate::apply::Bringer;
use crate::compose::THERE;
use crate::failure::Failure;
use crate::piece::Outcome;
use crate::units::{Unit, What};

const TRASHED: &str = "It is in the trash.";
const GOING: &str = "It is being removed for good at this moment. It can be brought in later.";
const NEWER: &str = "It is there already, and was changed since.";

impl Bringer<'_> {
    /// Notes which units go with what they belong to when the import is taken back: those of something that it has made.
    pub(crate) fn go_along(&self, units: &mut [Unit], key: &str) {
        let parent = self.context.parent(key).filter(|parent| parent.is_made);
        for unit in units {
            unit.line.goes_along = parent.is_some();
            unit.line.updated_at = parent.and_then(|parent| parent.updated_at);
        }
    }

    pub(crate) fn came_all(
        &self,
        units: &mut [Unit],
        places: &[usize],
        restored: &[Restored],
    ) -> Result<(), Failure> {
        if restored.len() != places.len() {
            return Err(StoreError::Corrupt("not all is told of what was restored".into()).into());
        }
        for (place, restored) in places.iter().zip(restored) {
            self.came(&mut units[*place], *restored);
        }
        Ok(())
    }

    /// What came of a unit. What was planned to be made and is there now was made: by this attempt, or by one that died before it could say so.
    pub(crate) fn came(&self, unit: &mut Unit, restored: Restored) {
        use Outcome::{Failed, Imported, Skipped, Updated};
        let planned = unit.line.outcome;
        let is_surely_made = planned == Imported && (self.is_again || unit.is_looked_for());
        let (outcome, reason) = match restored {
            Restored::Refused(reason) => (Failed, Some(reason)),
            Restored::InTrash => (Skipped, Some(TRASHED)),
            Restored::Going => (Failed, Some(GOING)),
            Restored::Made => (Imported, None),
            Restored::Same | Restored::Newer | Restored::Updated if is_surely_made => (Imported, None),
            Restored::Updated => (Updated, None),
            Restored::Same if planned == Updated && self.is_again => (Updated, None),
            Restored::Same => (Skipped, Some(THERE)),
            Restored::Newer => (Skipped, Some(NEWER)),
        };
        unit.settle(outcome, reason);
    }
}

impl Unit {
    pub(crate) fn turn(&self) -> Option<Turn> {
        match &self.what {
            What::Turn(turn) => Some(Turn::clone(turn)),
            _ => None,
        }
    }

    /// Whether it was looked for before it was planned, and so was not there then.
    fn is_looked_for(&self) -> bool {
        !matches!(self.what, What::Settings(_) | What::Version(_) | What::Turn(_))
    }
}
