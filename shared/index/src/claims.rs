//! Who is at an index: work that takes long is begun by one, and taken over if it is forgotten.

use std::time::Duration;

use app_domain::{StoreError, Timestamp, UserId};
use app_store::{Manifest, Manifests};

/// After this time, work that somebody has begun is taken for forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60 * 60);
/// How often a manifest is amended anew because somebody else's came first.
const TRIES: usize = 20;

/// Work that takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// Making the index again from the table.
    Rebuild,
    /// Making the vectors that had to wait for the model.
    Embed,
}

impl Repair {
    fn begun(self, manifest: &mut Manifest) -> &mut Option<Timestamp> {
        match self {
            Self::Rebuild => &mut manifest.rebuilt_since,
            Self::Embed => &mut manifest.embedding_since,
        }
    }

    /// Whether somebody is at it.
    pub(crate) fn is_under_way(self, manifest: &Manifest, now: Timestamp) -> bool {
        let begun = *self.begun(&mut manifest.clone());
        begun.is_some_and(|begun| now.since(begun) < FORGOTTEN_AFTER)
    }
}

/// Begins work, unless somebody is at it. `Ok(true)` if it is for the caller to do.
pub(crate) async fn claim(
    manifests: &Manifests,
    owner: UserId,
    repair: Repair,
    now: Timestamp,
) -> Result<bool, StoreError> {
    for _ in 0..TRIES {
        let mut manifest = manifests.get(owner).await?;
        if repair.is_under_way(&manifest, now) {
            return Ok(false);
        }
        *repair.begun(&mut manifest) = Some(now);
        if manifests.replace(owner, manifest).await?.is_some() {
            return Ok(true);
        }
    }
    Err(StoreError::Throttled("the index kept changing".into()))
}

/// Changes a manifest, whatever it is at the moment, and returns what it is then.
pub(crate) async fn amend<F>(
    manifests: &Manifests,
    owner: UserId,
    amend: impl Fn(Manifest) -> F,
) -> Result<Manifest, StoreError>
where
    F: Future<Output = Result<Manifest, StoreError>>,
{
    for _ in 0..TRIES {
        let before = manifests.get(owner).await?;
        let after = amend(before.clone()).await?;
        if after == before {
            return Ok(after);
        }
        if let Some(after) = manifests.replace(owner, after).await? {
            return Ok(after);
        }
    }
    Err(StoreError::Throttled("the index kept changing".into()))
}
