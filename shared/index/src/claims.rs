//! Who is at an index: work that takes long is begun by one, and taken over if it is forgotten.

use std::time::Duration;

use app_domain::{StoreError, Timestamp, UserId};
use app_store::{Manifest, Manifests};

/// How often a manifest is amended anew because somebody else's came first.
const TRIES: usize = 20;

/// Work that takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// Making the index again from the table.
    Rebuild,
    /// Making the vectors that had to wait for the model.
    Embed,
    /// Bringing the index up to date with changes that the stream has not brought in.
    CatchUp,
}

impl Repair {
    fn begun(self, manifest: &mut Manifest) -> &mut Option<Timestamp> {
        match self {
            Self::Rebuild => &mut manifest.rebuilt_since,
            Self::Embed => &mut manifest.embedding_since,
            Self::CatchUp => &mut manifest.catching_up_since,
        }
    }

    /// After how long it is taken for forgotten: longer than the queue holds it back.
    fn forgotten_after(self) -> Duration {
        match self {
            Self::Rebuild | Self::CatchUp => Duration::from_secs(40 * 60),
            Self::Embed => Duration::from_secs(60 * 60),
        }
    }

    /// Whether somebody is at it.
    pub(crate) fn is_under_way(self, manifest: &Manifest, now: Timestamp) -> bool {
        let begun = *self.begun(&mut manifest.clone());
        begun.is_some_and(|begun| now.since(begun) < self.forgotten_after())
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

/// Says that somebody is still at work, or, without a time, that nobody is any more.
pub(crate) async fn renew(
    manifests: &Manifests,
    owner: UserId,
    repair: Repair,
    begun: Option<Timestamp>,
) -> Result<Manifest, StoreError> {
    amend(manifests, owner, |mut manifest| async move {
        *repair.begun(&mut manifest) = begun;
        Ok(manifest)
    })
    .await
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
