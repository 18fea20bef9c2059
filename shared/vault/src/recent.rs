//! The keys of the last few minutes, so that a warm environment seals and opens without a call.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use app_domain::UserId;

use crate::data_key::DataKey;

/// How long a key is used before it is read again: the longest that shredding or rotating elsewhere goes unnoticed.
const FRESH_FOR: Duration = Duration::from_secs(5 * 60);
/// How many keys, and how many people's newest generations, are remembered.
const MAX_REMEMBERED: usize = 1000;

/// What this process remembers.
#[derive(Default)]
pub(crate) struct Recent(Mutex<Known>);

#[derive(Default)]
struct Known {
    keys: Dated<(UserId, u32), Arc<DataKey>>,
    newest: Dated<UserId, u32>,
    forgotten: u64,
}

/// A look at the table and KMS that has begun. What it finds is as old as that, and not kept if a person has been forgotten
/// meanwhile: it may be that person's.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    begun_at: Instant,
    forgotten: u64,
}

impl Recent {
    /// Begins a look at the table and KMS.
    pub(crate) fn reading(&self, now: Instant) -> Reading {
        Reading { begun_at: now, forgotten: self.at(now).forgotten }
    }

    /// A key.
    pub(crate) fn key(&self, owner: UserId, generation: u32, now: Instant) -> Option<Arc<DataKey>> {
        self.at(now).keys.get(&(owner, generation))
    }

    /// A person's newest key, and its generation.
    pub(crate) fn newest(&self, owner: UserId, now: Instant) -> Option<(u32, Arc<DataKey>)> {
        let known = self.at(now);
        let generation = known.newest.get(&owner)?;
        Some((generation, known.keys.get(&(owner, generation))?))
    }

    /// Remembers a key that was read.
    pub(crate) fn keep(&self, reading: Reading, owner: UserId, generation: u32, key: &Arc<DataKey>) {
        let mut known = self.lock();
        if known.forgotten == reading.forgotten {
            known.keys.put((owner, generation), Arc::clone(key), reading.begun_at);
        }
    }

    /// Remembers which generation is a person's newest, unless a newer one has become known.
    pub(crate) fn keep_newest(&self, reading: Reading, owner: UserId, generation: u32) {
        let mut known = self.lock();
        let is_newest = known.newest.get(&owner).is_none_or(|known| known <= generation);
        if is_newest && known.forgotten == reading.forgotten {
            known.newest.put(owner, generation, reading.begun_at);
        }
    }

    /// Forgets all keys of a person.
    pub(crate) fn forget(&self, owner: UserId) {
        let mut known = self.lock();
        known.forgotten += 1;
        known.newest.0.remove(&owner);
        known.keys.0.retain(|(of, _), _| *of != owner);
    }

    /// What is still fresh; the rest is dropped, and with it the keys.
    fn at(&self, now: Instant) -> MutexGuard<'_, Known> {
        let mut known = self.lock();
        known.keys.drop_old(now);
        known.newest.drop_old(now);
        known
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // A poisoned lock only means that another thread panicked; what is remembered is still good.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Values with the time of their reading.
struct Dated<K, V>(HashMap<K, (V, Instant)>);

impl<K, V> Default for Dated<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Dated<K, V> {
    fn get(&self, key: &K) -> Option<V> {
        self.0.get(key).map(|(value, _)| value.clone())
    }

    /// Puts a value, in the place of the oldest if there is no other.
    fn put(&mut self, key: K, value: V, read_at: Instant) {
        if self.0.len() >= MAX_REMEMBERED && !self.0.contains_key(&key) {
            let oldest = self.0.iter().min_by_key(|(_, (_, read_at))| *read_at).map(|(key, _)| *key);
            oldest.and_then(|oldest| self.0.remove(&oldest));
        }
        self.0.insert(key, (value, read_at));
    }

    fn drop_old(&mut self, now: Instant) {
        self.0.retain(|_, (_, read_at)| now.saturating_duration_since(*read_at) < FRESH_FOR);
    }
}

#[cfg(test)]
mod tests {
    use app_domain::Timestamp;

    use super::*;

    fn person() -> UserId {
        UserId::new(Timestamp::from_millis(1_795_000_000_000).unwrap())
    }

    fn key() -> Arc<DataKey> {
        Arc::new(DataKey::new(vec![0; 32]).unwrap())
    }

    fn remember(recent: &Recent, owner: UserId, generation: u32, now: Instant) {
        let reading = recent.reading(now);
        recent.keep(reading, owner, generation, &key());
        recent.keep_newest(reading, owner, generation);
    }

    #[test]
    fn drops_keys_after_five_minutes() {
        let (recent, owner, start) = (Recent::default(), person(), Instant::now());
        let key = key();
        let reading = recent.reading(start);
        recent.keep(reading, owner, 1, &key);
        recent.keep_newest(reading, owner, 1);
        assert!(recent.newest(owner, start + FRESH_FOR - Duration::from_millis(1)).is_some());
        assert!(recent.key(owner, 1, start + FRESH_FOR).is_none());
        assert!(recent.newest(owner, start + FRESH_FOR).is_none());
        assert_eq!(Arc::strong_count(&key), 1, "nobody else has the key");
    }

    #[test]
    fn makes_room_by_dropping_the_oldest() {
        let (recent, start) = (Recent::default(), Instant::now());
        let people: Vec<UserId> = (0..=MAX_REMEMBERED).map(|_| person()).collect();
        for (at_ms, owner) in (0..).zip(&people) {
            remember(&recent, *owner, 1, start + Duration::from_millis(at_ms));
        }
        let now = start + Duration::from_secs(2);
        assert!(recent.newest(people[0], now).is_none());
        assert!(people[1..].iter().all(|owner| recent.newest(*owner, now).is_some()));
        assert_eq!(recent.lock().keys.0.len(), MAX_REMEMBERED);
    }

    #[test]
    fn does_not_keep_what_was_read_before_a_person_was_forgotten() {
        let (recent, owner, other, now) = (Recent::default(), person(), person(), Instant::now());
        remember(&recent, owner, 1, now);
        remember(&recent, other, 1, now);
        let before = recent.reading(now);
        recent.forget(owner);
        recent.keep(before, owner, 1, &key());
        recent.keep_newest(before, owner, 1);
        assert!(recent.key(owner, 1, now).is_none());
        assert!(recent.newest(owner, now).is_none());
        assert!(recent.newest(other, now).is_some());
    }

    #[test]
    fn an_older_generation_does_not_become_the_newest_again() {
        let (recent, owner, now) = (Recent::default(), person(), Instant::now());
        remember(&recent, owner, 2, now);
        remember(&recent, owner, 1, now);
        assert_eq!(recent.newest(owner, now).map(|(generation, _)| generation), Some(2));
        assert!(recent.key(owner, 1, now).is_some());
    }
}
