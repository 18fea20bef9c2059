//! What was read a moment ago and is believed for a while.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// More than these are not remembered at once.
const MAX_REMEMBERED: usize = 1_000;

/// What was read a moment ago. Cloning shares it.
#[derive(Clone)]
pub(crate) struct Recent<K, V> {
    known: Arc<Mutex<HashMap<K, (V, Instant)>>>,
    fresh_for: Duration,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    pub(crate) fn new(fresh_for: Duration) -> Self {
        Self { known: Arc::default(), fresh_for }
    }

    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (value, read_at) = known.get(key)?;
        (read_at.elapsed() < self.fresh_for).then(|| value.clone())
    }

    pub(crate) fn put(&self, key: K, value: V) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_REMEMBERED {
            known.retain(|_, (_, read_at)| read_at.elapsed() < self.fresh_for);
        }
        if known.len() < MAX_REMEMBERED {
            known.insert(key, (value, Instant::now()));
        }
    }

    pub(crate) fn clear(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_longer_fresh_is_not_believed() {
        let recent = Recent::new(Duration::from_millis(20));
        recent.put("role", "admin");
        assert_eq!((recent.get(&"role"), recent.get(&"other")), (Some("admin"), None));
        std::thread::sleep(Duration::from_millis(30));
        assert_eq!(recent.get(&"role"), None);
        recent.put("role", "user");
        assert_eq!(recent.get(&"role"), Some("user"));
    }

    #[test]
    fn what_is_forgotten_is_forgotten_by_every_clone() {
        let recent = Recent::new(Duration::from_secs(60));
        recent.clone().put(1, ());
        assert_eq!(recent.get(&1), Some(()));
        recent.clone().clear();
        assert_eq!(recent.get(&1), None);
    }

    #[test]
    fn only_so_many_are_remembered_and_old_ones_make_room() {
        let recent = Recent::new(Duration::from_millis(50));
        (0..MAX_REMEMBERED).for_each(|n| recent.put(n, n));
        recent.put(MAX_REMEMBERED, 0);
        assert!(recent.known.lock().unwrap().len() <= MAX_REMEMBERED);
        std::thread::sleep(Duration::from_millis(60));
        recent.put(MAX_REMEMBERED, 0);
        assert_eq!(recent.get(&MAX_REMEMBERED), Some(0));
        assert_eq!(recent.known.lock().unwrap().len(), 1);
    }
}
