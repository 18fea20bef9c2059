//! OneDrive: the promises of the port, and what is its own.

mod addresses;
mod changes;
mod failures;
mod official;
mod strictness;
mod uploads;

use std::sync::Arc;

use app_connectors::drives::oauth::OAuthProvider;
use app_connectors::drives::{OneDrive, OneDriveConfig};
use app_testing::drives::{FakeOneDrive, PlayedDrive};

use crate::suite::connected::{Tokens, connected};

/// The tokens of somebody who agrees.
async fn tokens(played: &FakeOneDrive) -> Tokens {
    let (id, secret) = (FakeOneDrive::CLIENT_ID, FakeOneDrive::CLIENT_SECRET);
    connected(OAuthProvider::OneDrive, played, id, secret).await
}

/// A drive of somebody who has agreed.
async fn stage() -> (OneDrive, FakeOneDrive) {
    let played = FakeOneDrive::start();
    let config = OneDriveConfig::at(&played.origin());
    let drive = OneDrive::new(config, Arc::new(tokens(&played).await));
    (drive, played)
}

crate::suite::port!(stage);
