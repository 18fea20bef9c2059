//! A drive whose calls are counted, and made again after a wait that is not long.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use app_connectors::drives::{
    DigestKind, Drive, DriveAccount, DriveChanges, DriveError, DriveFile, DrivePage, DriveUpload, When,
};
use async_trait::async_trait;
use bytes::Bytes;

/// How long a call is waited for in all, if the provider says for how long it wants to be left alone. A job that gave up at each wait would have to
/// begin with the same calls again, and might never come further. Together with [`WORKS_FOR`](crate::WORKS_FOR) it is less than an invocation has.
const PATIENCE: Duration = Duration::from_secs(60);
/// The shortest wait: an adapter has tried several times at once already.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// A drive, and how often it was called. What an adapter does about a call by itself counts once.
pub(crate) struct Counted {
    drive: Arc<dyn Drive>,
    calls: AtomicU64,
    patience: Duration,
}

impl Counted {
    pub(crate) fn new(drive: Arc<dyn Drive>) -> Self {
        Self { drive, calls: AtomicU64::new(0), patience: PATIENCE }
    }

    /// How often it was called.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Makes a call, again after each wait that the provider asks for, for as long as there is patience.
    async fn call<'a, T, F>(&'a self, call: impl Fn(&'a dyn Drive) -> F) -> Result<T, DriveError>
    where
        F: Future<Output = Result<T, DriveError>>,
    {
        // What the calls themselves take counts too: an adapter waits as well.
        let began = Instant::now();
        loop {
            self.calls.fetch_add(1, Ordering::Relaxed);
            let error = match call(&*self.drive).await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let left = self.patience.saturating_sub(began.elapsed());
            let wait = error.retry_after.filter(|_| error.is_passing()).map(|wait| wait.max(SHORTEST_WAIT));
            let Some(wait) = wait.filter(|wait| *wait <= left) else { return Err(error) };
            tokio::time::sleep(wait).await;
        }
    }
}

#[async_trait]
impl Drive for Counted {
    async fn account(&self) -> Result<DriveAccount, DriveError> {
        self.call(|drive| drive.account()).await
    }

    fn digest(&self) -> DigestKind {
        self.drive.digest()
    }

    fn chunk_bytes(&self) -> u64 {
        self.drive.chunk_bytes()
    }

    async fn list(&self, folder: &str, page: Option<&str>) -> Result<DrivePage, DriveError> {
        self.call(|drive| drive.list(folder, page)).await
    }

    async fn find(&self, path: &str) -> Result<Option<DriveFile>, DriveError> {
        self.call(|drive| drive.find(path)).await
    }

    async fn read(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError> {
        self.call(|drive| drive.read(file, from, count)).await
    }

    async fn put(&self, path: &str, bytes: Bytes, when: When) -> Result<DriveFile, DriveError> {
        self.call(|drive| drive.put(path, bytes.clone(), when.clone())).await
    }

    async fn begin(&self, path: &str, size_bytes: u64, when: When) -> Result<DriveUpload, DriveError> {
        self.call(|drive| drive.begin(path, size_bytes, when.clone())).await
    }

    async fn send(&self, upload: &mut DriveUpload, chunk: Bytes) -> Result<Option<DriveFile>, DriveError> {
        // What becomes of a chunk that was refused, the transfer knows.
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.drive.send(upload, chunk).await
    }

    async fn resume(&self, upload: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.drive.resume(upload).await
    }

    async fn remove(&self, file: &DriveFile) -> Result<(), DriveError> {
        self.call(|drive| drive.remove(file)).await
    }

    async fn changes(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError> {
        self.call(|drive| drive.changes(cursor)).await
    }
}

#[cfg(test)]
mod tests {
    use app_connectors::drives::DriveErrorClass;

    use super::*;

    /// A drive that refuses every call, and wants to be left alone for so long; each call takes a second.
    struct Refuses(Duration);

    #[async_trait]
    impl Drive for Refuses {
        async fn account(&self) -> Result<DriveAccount, DriveError> {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Err(DriveError::of(DriveErrorClass::Throttled).after(Some(self.0)))
        }

        fn digest(&self) -> DigestKind {
            DigestKind::Sha256
        }

        fn chunk_bytes(&self) -> u64 {
            1
        }

        async fn list(&self, _: &str, _: Option<&str>) -> Result<DrivePage, DriveError> {
            unreachable!()
        }

        async fn find(&self, _: &str) -> Result<Option<DriveFile>, DriveError> {
            unreachable!()
        }

        async fn read(&self, _: &DriveFile, _: u64, _: u64) -> Result<Bytes, DriveError> {
            unreachable!()
        }

        async fn put(&self, _: &str, _: Bytes, _: When) -> Result<DriveFile, DriveError> {
            unreachable!()
        }

        async fn begin(&self, _: &str, _: u64, _: When) -> Result<DriveUpload, DriveError> {
            unreachable!()
        }

        async fn send(&self, _: &mut DriveUpload, _: Bytes) -> Result<Option<DriveFile>, DriveError> {
            unreachable!()
        }

        async fn resume(&self, _: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError> {
            unreachable!()
        }

        async fn remove(&self, _: &DriveFile) -> Result<(), DriveError> {
            unreachable!()
        }

        async fn changes(&self, _: Option<&str>) -> Result<DriveChanges, DriveError> {
            unreachable!()
        }
    }

    #[tokio::test]
    async fn a_call_has_an_end_whatever_wait_the_provider_asks_for() {
        for wait in [0, 1, 3, 3600] {
            let drive = Arc::new(Refuses(Duration::from_secs(wait)));
            let counted = Counted { patience: Duration::from_secs(3), ..Counted::new(drive) };
            let began = Instant::now();
            let ended = tokio::time::timeout(Duration::from_secs(10), counted.account()).await;
            assert!(ended.is_ok_and(|ended| ended.is_err()), "{wait} s: it goes on for ever");
            assert!(began.elapsed() < Duration::from_millis(4500), "{wait} s: {:?}", began.elapsed());
            assert!(counted.calls() <= 3, "{wait} s: {} calls", counted.calls());
        }
    }
}
