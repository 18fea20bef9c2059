//! A wire between two programs, which remembers what came back over it and when.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// A wire. Whoever calls its address reaches its other end.
pub(crate) struct Wire {
    /// The end that is called.
    pub(crate) address: SocketAddr,
    passed: Arc<Passed>,
    listening: AbortHandle,
}

#[derive(Default)]
struct Passed {
    back: Mutex<Back>,
    open: Mutex<Vec<AbortHandle>>,
}

/// What came back.
#[derive(Default)]
struct Back {
    bytes: Vec<u8>,
    /// How many there were at which times.
    times: Vec<(usize, Instant)>,
}

impl Wire {
    /// To whoever listens there.
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let passed = Arc::<Passed>::default();
        let kept = Arc::clone(&passed);
        let listening = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let call = tokio::spawn(joined(near, target, Arc::clone(&kept)));
                locked(&kept.open).push(call.abort_handle());
            }
        });
        Self { address, passed, listening: listening.abort_handle() }
    }

    /// When these words came back whole, if they have. Words in JSON are to be given as JSON writes them.
    pub(crate) fn brought(&self, words: &str) -> Option<Instant> {
        let back = locked(&self.passed.back);
        let mut places = back.bytes.windows(words.len());
        let end = places.position(|some| some == words.as_bytes())? + words.len();
        back.times.iter().find(|(so_far, _)| *so_far >= end).map(|(_, at)| *at)
    }

    /// Forgets what came back.
    pub(crate) fn forget(&self) {
        *locked(&self.passed.back) = Back::default();
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.listening.abort();
        for connection in locked(&self.passed.open).drain(..) {
            connection.abort();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries both ways, until one end hangs up.
async fn joined(near: TcpStream, target: SocketAddr, passed: Arc<Passed>) -> io::Result<()> {
    let far = TcpStream::connect(target).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let (near_from, near_to) = near.into_split();
    let (far_from, far_to) = far.into_split();
    let back = |bytes: &[u8]| {
        let mut back = locked(&passed.back);
        back.bytes.extend_from_slice(bytes);
        let so_far = back.bytes.len();
        back.times.push((so_far, Instant::now()));
    };
    tokio::try_join!(carried(near_from, far_to, |_| ()), carried(far_from, near_to, back))?;
    Ok(())
}

async fn carried(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, note: impl Fn(&[u8])) -> io::Result<()> {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut bytes).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        note(&bytes[..length]);
        to.write_all(&bytes[..length]).await?;
    }
}
