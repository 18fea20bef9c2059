//! The functions on a fast table, for `make load LOAD_ON=functions`: `fast-stack PLAN`.
//!
//! Beside a local cloud that has the product deployed, this is its table (dynoxide instead of Python), its gateway and its Lambda: requests go
//! to the real functions, which it starts as Lambda does. Secrets, keys, queues and buckets stay the local cloud's. It prints `ready` when it
//! is, and goes on until it is ended.
#![expect(clippy::print_stdout, reason = "whoever starts it waits for its line")]
#![expect(clippy::print_stderr, reason = "what goes wrong is told to whoever reads its log")]

mod event;
mod gateway;
mod lambda;
mod plan;
mod stream;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, ensure};
use axum::Router;
use axum::serve::ListenerExt;
use dynoxide::Database;
use lambda::Function;
use plan::Plan;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("fast-stack PLAN")?;
    let plan: Plan = serde_json::from_slice(&std::fs::read(path)?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(plan))
}

async fn run(plan: Plan) -> anyhow::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    let database = Database::new(&plan.table_file)?;
    // The file does not outlive the run.
    database.enable_bulk_loading()?;
    database.create_table(serde_json::from_value(plan.table)?)?;
    serve(plan.table_port, table::router(database.clone(), plan.cloud).await?).await?;

    let functions: HashMap<String, Arc<Function>> = plan
        .functions
        .into_iter()
        .map(|(name, function)| (name, Arc::new(Function::new(function))))
        .collect();
    ensure!(
        plan.routes.iter().all(|route| functions.contains_key(&route.function)),
        "a route of no function"
    );
    let indexer = functions.get(&plan.stream_to).context("the stream goes to no function")?;
    tokio::spawn(stream::hand_on(database, Arc::clone(indexer)));
    serve(plan.gateway_port, gateway::router(plan.routes, &functions)?).await?;
    println!("ready");
    // The functions are ended with what keeps them.
    terminated.recv().await.context("nobody can end this")
}

/// Serves on a port of this machine alone.
async fn serve(port: u16, router: Router) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let listener = listener.tap_io(|connection| {
        // Small answers are not held back. Without it everything works, and later.
        let _ = connection.set_nodelay(true);
    });
    tokio::spawn(async { axum::serve(listener, router).await });
    Ok(())
}
