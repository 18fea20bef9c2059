//! Segments of people who search, kept while the function is warm.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use app_domain::{StoreError, UserId};
use app_search::text::{Corpus, Segment};
use app_store::{Manifest, SearchBucket, SegmentEntry};
use futures_util::future::try_join_all;
use uuid::Uuid;

/// Segments of people who search. Bounded in memory: who has not searched for the longest time goes first.
pub struct SegmentCache {
    bucket: SearchBucket,
    max_bytes: usize,
    people: Mutex<People>,
}

#[derive(Default)]
struct People {
    kept: HashMap<UserId, Person>,
    /// Counts searches, to know whose was the last.
    searches: u64,
}

#[derive(Clone)]
struct Person {
    segments: Vec<(SegmentEntry, Arc<Segment>)>,
    corpus: Corpus,
    searched: u64,
}

/// What a manifest names, ready to be searched.
pub(crate) struct Opened {
    pub(crate) corpus: Corpus,
    /// Segments that are not there, or are not what was written.
    pub(crate) lost: Vec<Uuid>,
}

impl SegmentCache {
    /// Segments of `bucket`, of which at most `max_bytes` are kept, beside those of the search at hand.
    pub fn new(bucket: SearchBucket, max_bytes: usize) -> Self {
        Self { bucket, max_bytes, people: Mutex::default() }
    }

    /// The segments of a manifest: those that are not kept already are read, each in one call, all at once.
    pub(crate) async fn open(&self, owner: UserId, manifest: &Manifest) -> Result<Opened, StoreError> {
        let kept = self.kept(owner);
        let is_kept = |entry: &SegmentEntry| {
            kept.as_ref()?.segments.iter().find(|(kept, _)| kept.id == entry.id).map(|(_, segment)| segment)
        };
        if let Some(kept) = &kept
            && kept.segments.iter().map(|(entry, _)| entry).eq(&manifest.segments)
        {
            return Ok(Opened { corpus: kept.corpus.clone(), lost: Vec::new() });
        }
        let read = manifest.segments.iter().map(|entry| async {
            match is_kept(entry) {
                Some(segment) => Ok(Some(Arc::clone(segment))),
                None => read(&self.bucket, owner, entry.id).await,
            }
        });
        let read = try_join_all(read).await?;
        let mut segments = Vec::with_capacity(read.len());
        let mut lost = Vec::new();
        for (entry, segment) in manifest.segments.iter().zip(read) {
            match segment {
                Some(segment) => segments.push((*entry, segment)),
                None => lost.push(entry.id),
            }
        }
        let corpus = Corpus::new(segments.iter().map(|(_, segment)| Arc::clone(segment)));
        self.keep(owner, Person { segments, corpus: corpus.clone(), searched: 0 });
        Ok(Opened { corpus, lost })
    }

    fn kept(&self, owner: UserId) -> Option<Person> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.searches += 1;
        let searches = people.searches;
        let person = people.kept.get_mut(&owner)?;
        person.searched = searches;
        Some(person.clone())
    }

    fn keep(&self, owner: UserId, person: Person) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let searched = people.searches;
        people.kept.insert(owner, Person { searched, ..person });
        let bytes =
            |people: &People| people.kept.values().map(|kept| kept.corpus.held_bytes()).sum::<usize>();
        while bytes(&people) > self.max_bytes {
            let longest_ago =
                people.kept.iter().min_by_key(|(_, kept)| kept.searched).map(|(owner, _)| *owner);
            let Some(longest_ago) = longest_ago else { return };
            people.kept.remove(&longest_ago);
        }
    }
}

/// One segment. Nothing if it is not there, or is not what was written.
pub(crate) async fn read(
    bucket: &SearchBucket,
    owner: UserId,
    id: Uuid,
) -> Result<Option<Arc<Segment>>, StoreError> {
    let bytes = match bucket.segment(owner, id).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        Err(StoreError::Corrupt(_)) => {
            tracing::warn!(userId = owner.hashed(), "a segment is not what was written");
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    match Segment::open(bytes) {
        Ok(segment) => Ok(Some(Arc::new(segment))),
        Err(error) => {
            tracing::warn!(userId = owner.hashed(), error = %error, "a segment cannot be read");
            Ok(None)
        }
    }
}
