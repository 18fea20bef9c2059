//! An HTTP server on a thread and a port of its own.

use std::net::{SocketAddr, TcpListener};

use axum::Router;
use tokio::sync::oneshot;

/// A server that ends when this is dropped.
pub(crate) struct Server {
    _until_dropped: oneshot::Sender<()>,
}

/// A port on which a server can be started.
pub(crate) struct Port(TcpListener);

impl Port {
    /// A free one.
    pub(crate) fn free() -> Self {
        Self::at(0)
    }

    /// This one; a free one if it is zero.
    pub(crate) fn at(port: u16) -> Self {
        Self(TcpListener::bind(("127.0.0.1", port)).expect("a port that is free"))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("a bound address")
    }

    /// Serves on a thread of its own: the runtime of one test must not end what another one uses.
    pub(crate) fn serve(self, router: Router) -> Server {
        let (until_dropped, dropped) = oneshot::channel::<()>();
        self.0.set_nonblocking(true).expect("a listener that does not block");
        let serving = async move {
            let listener = tokio::net::TcpListener::from_std(self.0).expect("a listener");
            tokio::select! {
                result = axum::serve(listener, router) => result.expect("a server"),
                _ = dropped => {}
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        std::thread::spawn(move || runtime.block_on(serving));
        Server { _until_dropped: until_dropped }
    }
}
