//! `verify-archive FILE…`: says of each archive what was checked, or what is wrong with it, and fails if something is.

use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;

use app_archive::{VerifyError, verify};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) | Err(_) => ExitCode::FAILURE,
    }
}

/// Whether all are as they were written.
fn run() -> io::Result<bool> {
    let paths: Vec<_> = std::env::args_os().skip(1).collect();
    if paths.is_empty() {
        writeln!(io::stderr(), "usage: verify-archive FILE…")?;
        return Ok(false);
    }
    let mut are_right = true;
    for path in paths {
        let name = path.to_string_lossy();
        match File::open(&path).map_err(VerifyError::Read).and_then(verify) {
            Ok(verified) => write!(io::stdout(), "{name}: right\n{verified}")?,
            Err(error) => {
                are_right = false;
                writeln!(io::stderr(), "{name}: WRONG: {error}")?;
            }
        }
    }
    Ok(are_right)
}
