//! The played Graph API as a program, for a local cloud: what the functions send through it can be seen and steered below
//! `/_fake/`.
//!
//! `graph --port PORT [--window open|strict] [--app-secret SECRET]`. Windows are open unless they are closed: nobody tells it who
//! wrote.

use anyhow::{Context, bail};
use app_testing::graph::FakeGraph;

/// What the program is told.
#[derive(Default)]
struct Options {
    port: u16,
    is_window_strict: bool,
    app_secret: Option<String>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut options = Self::default();
        while let Some(name) = arguments.next() {
            let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
            match (name.as_str(), value.as_str()) {
                ("--port", port) => options.port = port.parse().context("there is no such port")?,
                ("--window", "open") => options.is_window_strict = false,
                ("--window", "strict") => options.is_window_strict = true,
                ("--app-secret", secret) => options.app_secret = Some(secret.to_owned()),
                _ => bail!("what is {name} {value}?"),
            }
        }
        if options.port == 0 { bail!("--port is missing") } else { Ok(options) }
    }
}

fn main() -> anyhow::Result<()> {
    let Options { port, is_window_strict, app_secret } = Options::read(std::env::args().skip(1))?;
    let graph = FakeGraph::start_on(port);
    graph.change(|rules| {
        rules.is_window_strict = is_window_strict;
        rules.app_secret = app_secret;
    });
    loop {
        std::thread::park();
    }
}
