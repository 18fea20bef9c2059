//! Google Drive.

mod failures;
mod folders;
mod many;
mod official;
mod sessions;
mod strictness;
mod tokens;

use std::sync::Arc;

use app_connectors::drives::oauth::OAuthProvider;
use app_connectors::drives::{Bearer, DriveError, GoogleConfig, GoogleDrive};
use app_testing::drives::{FakeGoogleDrive, PlayedDrive};
use async_trait::async_trait;
use secrecy::SecretString;

use crate::suite::{connected, port};

port!(stage);

/// A drive with nothing on it, and its adapter.
async fn stage() -> (GoogleDrive, FakeGoogleDrive) {
    let played = FakeGoogleDrive::start();
    let (id, secret) = (FakeGoogleDrive::CLIENT_ID, FakeGoogleDrive::CLIENT_SECRET);
    let tokens = connected(OAuthProvider::GoogleDrive, &played, id, secret).await;
    (drive(&played, tokens), played)
}

fn drive(played: &FakeGoogleDrive, bearer: impl Bearer + 'static) -> GoogleDrive {
    GoogleDrive::new(GoogleConfig::at(&played.origin()), Arc::new(bearer))
}

/// An adapter of its own, as another process has it.
fn another(played: &FakeGoogleDrive) -> GoogleDrive {
    drive(played, OneToken(played.grant().0))
}

/// A token that is never renewed.
struct OneToken(String);

#[async_trait]
impl Bearer for OneToken {
    async fn token(&self, _: Option<&SecretString>) -> Result<SecretString, DriveError> {
        Ok(self.0.clone().into())
    }
}
