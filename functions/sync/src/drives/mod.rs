//! `/sync/{provider}`: people's own drives, their backups, and the work that is done on them.

pub(crate) mod authorize;
pub(crate) mod backups;
mod body;
pub(crate) mod callback;
pub(crate) mod connect_s3;
pub(crate) mod disconnect;
mod door;
pub(crate) mod encryption;
pub(crate) mod force;
mod job_body;
pub(crate) mod jobs;
mod offered;
pub(crate) mod patch;
pub(crate) mod read;
pub(crate) mod restore;
mod start;
pub(crate) mod verify;

use app_connectors::drives::{DriveError, DriveErrorClass};
use app_domain::{DriveConnection, DriveProvider, DriveState, UserId};
use app_http::{ApiError, Routes, routes};
use app_store::DriveConnections;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

pub use door::Door;
pub use offered::{DriveCallback, Offered};
pub use start::{DriveDiffs, Starter};

use crate::App;

/// The operations of drives.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(authorize::authorize))
        .routes(routes!(callback::callback))
        .routes(routes!(connect_s3::connect))
        .routes(routes!(read::read, patch::patch, disconnect::disconnect))
        .routes(routes!(encryption::encrypt, encryption::decrypt))
        .routes(routes!(backups::list))
        .routes(routes!(verify::verify))
        .routes(routes!(restore::restore))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::read))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::diff))
}

/// The provider in a path. One that there is not is answered with 404.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PathProvider(pub(crate) DriveProvider);

impl<S: Send + Sync> FromRequestParts<S> for PathProvider {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await.ok();
        let named = path.and_then(|Path(path)| path.into_iter().find(|(name, _)| name == "provider"));
        let provider = named.and_then(|(_, provider)| DriveProvider::parse(&provider).ok());
        provider.map(Self).ok_or_else(|| ApiError::not_found("provider"))
    }
}

/// A drive that can be used.
pub(crate) async fn usable(
    drives: &DriveConnections,
    owner: UserId,
    provider: DriveProvider,
) -> Result<DriveConnection, ApiError> {
    let drive = drives.get(owner, provider).await?;
    match drive.as_ref().map(|drive| drive.state) {
        Some(DriveState::Connected) => drive.ok_or_else(|| not_connected(provider)),
        Some(DriveState::NeedsConsent) => Err(needs_consent(provider)),
        Some(DriveState::Disconnected) | None => Err(not_connected(provider)),
    }
}

/// 409: it takes a connection.
pub(crate) fn not_connected(provider: DriveProvider) -> ApiError {
    ApiError::conflict("NotConnected", format!("{} is not connected.", provider.title()))
}

/// 409: the connection is over.
fn needs_consent(provider: DriveProvider) -> ApiError {
    ApiError::conflict("ConsentNeeded", consent_needed(provider))
}

fn consent_needed(provider: DriveProvider) -> String {
    format!("{} does not let us in any more. Connect it again.", provider.title())
}

/// What a client is told when a drive refuses or fails while it waits.
pub(crate) fn refused(error: DriveError, provider: DriveProvider) -> ApiError {
    let title = provider.title();
    match error.class {
        DriveErrorClass::NeedsConsent | DriveErrorClass::TokenExpired => needs_consent(provider),
        DriveErrorClass::Full => {
            ApiError::conflict("DriveFull", format!("There is no room left on {title}."))
        }
        DriveErrorClass::Refused | DriveErrorClass::NotFound | DriveErrorClass::Conflict => {
            ApiError::conflict("DriveRefused", format!("{title} refuses this: {error}."))
        }
        DriveErrorClass::Throttled
        | DriveErrorClass::Transient
        | DriveErrorClass::UploadGone
        | DriveErrorClass::Reset
        | DriveErrorClass::Mismatch => ApiError::unavailable(error),
    }
}
