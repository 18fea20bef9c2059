//! How large the bootstraps are.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::lambda::Program;

/// In MB of 10^6 bytes: as it is, and zipped as Lambda gets it.
pub(crate) struct Size {
    pub(crate) mb: f64,
    pub(crate) zipped_mb: f64,
}

impl Size {
    pub(crate) fn of(program: &Program) -> anyhow::Result<Self> {
        let bytes = std::fs::read(&program.command[0])?;
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("bootstrap", SimpleFileOptions::default().unix_permissions(0o755))?;
        zip.write_all(&bytes)?;
        let zipped = zip.finish()?.into_inner();
        Ok(Self { mb: bytes.len() as f64 / 1e6, zipped_mb: zipped.len() as f64 / 1e6 })
    }
}
