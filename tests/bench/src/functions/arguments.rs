//! What the benchmark is told.

use std::path::PathBuf;

use anyhow::{Context, ensure};

/// What the benchmark is told.
pub(crate) struct Arguments {
    /// Where the functions and the peers in Rust are.
    pub(crate) binaries: PathBuf,
    /// Where the peers in other languages are installed.
    pub(crate) peers: PathBuf,
    /// Where the figures go.
    pub(crate) out: PathBuf,
    /// How many cold starts there are of each.
    pub(crate) rounds: usize,
    /// How many warm requests of each kind there are.
    pub(crate) requests: usize,
    /// After how many mixed requests memory is looked at.
    pub(crate) mixed: usize,
    /// Only these functions, if there are any.
    pub(crate) only: Vec<String>,
}

impl Arguments {
    pub(crate) fn read() -> anyhow::Result<Self> {
        let (mut binaries, mut peers, mut out) = (None, None, None);
        let (mut rounds, mut requests, mut mixed, mut only) = (20, 1_000, 2_000, Vec::new());
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().with_context(|| format!("a value for {name}"))?;
            match name.as_str() {
                "--bin-dir" => binaries = Some(PathBuf::from(value)),
                "--peers" => peers = Some(PathBuf::from(value)),
                "--out" => out = Some(PathBuf::from(value)),
                "--rounds" => rounds = value.parse()?,
                "--requests" => requests = value.parse()?,
                "--mixed" => mixed = value.parse()?,
                "--only" => only = value.split(',').map(str::to_owned).collect(),
                other => anyhow::bail!("nobody knows {other}"),
            }
        }
        ensure!(rounds > 0 && requests > 0 && mixed > 0, "at least one of each");
        let folder = |path: Option<PathBuf>, name: &str| {
            let path = path.with_context(|| format!("{name} is missing"))?;
            path.canonicalize().with_context(|| path.display().to_string())
        };
        let out = out.context("--out is missing")?;
        std::fs::create_dir_all(&out)?;
        Ok(Self {
            binaries: folder(binaries, "--bin-dir")?,
            peers: folder(peers, "--peers")?,
            out: out.canonicalize()?,
            rounds,
            requests,
            mixed,
            only,
        })
    }

    /// Whether a function is to be measured.
    pub(crate) fn wants(&self, function: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == function)
    }
}
