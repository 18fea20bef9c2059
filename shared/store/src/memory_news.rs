//! Whether anything has changed lately: told by what the index knows, at the cost of two small reads, however much there is.

use std::time::Duration;

use app_domain::{StoreError, Timestamp, UserId};
use uuid::Uuid;

use crate::changes::Changes;
use crate::manifests::Manifests;
use crate::memories::Memories;

/// Machines that write have clocks that differ, and indexes are written a while after what is in them.
const SLACK: Duration = Duration::from_secs(5 * 60);

impl Memories {
    /// Whether memories, messages or files of a person may have been made, changed or removed since a time. What is changed is noted, and with
    /// the note gone it is in a part of the index that was written since. `true` too often is possible, as where the index was tidied up;
    /// `false` is certain of what can be found, and says nothing of anything else, such as settings.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn have_changed_since(&self, owner: UserId, since: Timestamp) -> Result<bool, StoreError> {
        let (changes, manifests) = (Changes::new(self.table.clone()), Manifests::new(self.table.clone()));
        let ((noted, _), index) = tokio::try_join!(changes.newest(owner, 1), manifests.get(owner))?;
        let written = index.segments.iter().filter_map(|segment| made_at(segment.id)).max();
        // Of an index that has nothing it cannot be told since when.
        let Some(last) = noted.first().and_then(|change| change.noted_at()).max(written) else {
            return Ok(true);
        };
        Ok(last.plus(SLACK) > since)
    }
}

fn made_at(segment: Uuid) -> Option<Timestamp> {
    let (seconds, nanos) = segment.get_timestamp()?.to_unix();
    Timestamp::from_millis(i64::try_from(seconds * 1_000 + u64::from(nanos) / 1_000_000).ok()?)
}
