//! The played drives as a program, for a local cloud: Google Drive on a port, Dropbox on the next, OneDrive on the one after. What is on them can be
//! seen and changed below `/_fake/` of each.
//!
//! `drives --port PORT`

use anyhow::{Context, bail};
use app_testing::drives::{FakeDropbox, FakeGoogleDrive, FakeOneDrive};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = match (arguments.next().as_deref(), arguments.next()) {
        (Some("--port"), Some(port)) => port.parse().context("there is no such port")?,
        _ => bail!("--port is missing"),
    };
    let next = |by: u16| port.checked_add(by).context("there is no such port");
    let _google = FakeGoogleDrive::start_on(port);
    let _dropbox = FakeDropbox::start_on(next(1)?);
    let _onedrive = FakeOneDrive::start_on(next(2)?);
    loop {
        std::thread::park();
    }
}
