//! Where the access tokens of a drive come from.

use async_trait::async_trait;
use secrecy::SecretString;

use super::DriveError;

/// Gives the access token of one connection.
#[async_trait]
pub trait Bearer: Send + Sync {
    /// A token to call with. With `refused`, the provider has just said of that one that it is too old: another one.
    ///
    /// # Errors
    /// [`NeedsConsent`](super::DriveErrorClass::NeedsConsent) if there is none any more.
    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, DriveError>;
}
