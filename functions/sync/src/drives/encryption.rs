//! `PUT` and `DELETE /sync/{provider}/encryption`.

use app_backup::{Identity, KeyError, NewKey, Passphrase, new_key, rewrap};
use app_domain::{DriveConnection, Invalid};
use app_http::{
    ApiError, ApiErrors, BodyErrors, CallerErrors, ErrorBody, FieldErrors, InPerson, Parse, ValidJson,
};
use app_store::DriveConnections;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::OneDrive;
use super::{PathProvider, not_connected, usable};

/// A passphrase.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EncryptionRequest {
    /// Ten characters or more. It is not kept here: without it nobody can open the backups, and we cannot help.
    passphrase: String,
    /// The one before, if backups were ever encrypted: the key stays the same, and earlier backups open with the new passphrase.
    #[serde(default)]
    current_passphrase: Option<String>,
    /// That the one before is lost. Another key is made then, and backups that are encrypted already cannot be opened any more.
    #[serde(default)]
    is_lost: bool,
}

/// The same, checked.
pub(crate) struct NewPassphrase {
    new: Passphrase,
    current: Option<Passphrase>,
    is_lost: bool,
}

impl Parse for EncryptionRequest {
    type Parsed = NewPassphrase;

    fn parse(self) -> Result<NewPassphrase, FieldErrors> {
        let mut errors = FieldErrors::default();
        let new = errors.check("passphrase", Passphrase::parse(&self.passphrase));
        let current = self.current_passphrase.map(|current| Passphrase::parse(&current));
        let current = errors.check_optional("currentPassphrase", current);
        match (new, current) {
            (Some(new), Some(current)) => Ok(NewPassphrase { new, current, is_lost: self.is_lost }),
            _ => Err(errors),
        }
    }
}

/// Encrypt backups with a passphrase, or change it.
///
/// A key is made, and kept encrypted with the passphrase, here and on the drive; we keep only its public half. From the next backup on everything is
/// encrypted with it, in the format of [age](https://age-encryption.org). Backups from before stay as they are.
#[utoipa::path(
    put, operation_id = "encryptDrive", path = "/sync/{provider}/encryption", tag = "sync", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`google-drive`, `dropbox`, `onedrive` or `s3`.")),
    request_body = EncryptionRequest,
    responses(
        (status = 200, description = "The drive.", body = OneDrive),
        (status = 404, description = "There is no such provider.", body = ErrorBody),
        (status = 409, description = "It is not connected.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn encrypt(
    State(drives): State<DriveConnections>,
    caller: InPerson,
    PathProvider(provider): PathProvider,
    ValidJson(wanted): ValidJson<EncryptionRequest>,
) -> Result<Json<OneDrive>, ApiError> {
    let drive = usable(&drives, caller.user_id, provider).await?;
    let key = made(drive, wanted).await?;
    let change = |drive: &mut DriveConnection| {
        drive.settings.recipient = Some(key.recipient.clone());
        drive.key_file = Some(key.key_file.clone());
    };
    let drive = drives.change(caller.user_id, provider, change).await?;
    Ok(Json(drive.ok_or_else(|| not_connected(provider))?.into()))
}

/// The key under the new passphrase: the same as before if there is one. Takes up to two seconds of a CPU.
async fn made(drive: DriveConnection, wanted: NewPassphrase) -> Result<NewKey, ApiError> {
    let making = tokio::task::spawn_blocking(move || {
        let Some(key_file) = drive.key_file.filter(|_| !wanted.is_lost) else { return new_key(&wanted.new) };
        let current = wanted.current.ok_or(KeyError::WrongPassphrase)?;
        let identity = Identity::unlock(&key_file, &current)?;
        let recipient = identity.recipients().into_iter().next().ok_or(KeyError::Damaged)?;
        Ok(NewKey { recipient, key_file: rewrap(&key_file, &current, &wanted.new)? })
    });
    making.await.map_err(ApiError::internal)?.map_err(|error| match error {
        KeyError::WrongPassphrase => {
            let rule = Invalid::new("must be the passphrase that backups are encrypted with now");
            FieldErrors::one("currentPassphrase", &rule).into()
        }
        error => ApiError::internal(error),
    })
}

/// Encrypt backups no more.
///
/// From the next one on. What is encrypted on the drive stays so, and its key stays there too.
#[utoipa::path(
    delete, operation_id = "decryptDrive", path = "/sync/{provider}/encryption", tag = "sync", security(("bearer" = [])),
    params(("provider" = String, Path, description = "`google-drive`, `dropbox`, `onedrive` or `s3`.")),
    responses(
        (status = 200, description = "The drive.", body = OneDrive),
        (status = 404, description = "There is no such provider.", body = ErrorBody),
        (status = 409, description = "It is not connected.", body = ErrorBody),
        ApiErrors, CallerErrors,
    ),
)]
pub(crate) async fn decrypt(
    State(drives): State<DriveConnections>,
    caller: InPerson,
    PathProvider(provider): PathProvider,
) -> Result<Json<OneDrive>, ApiError> {
    usable(&drives, caller.user_id, provider).await?;
    let change = |drive: &mut DriveConnection| drive.settings.recipient = None;
    let drive = drives.change(caller.user_id, provider, change).await?;
    Ok(Json(drive.ok_or_else(|| not_connected(provider))?.into()))
}
