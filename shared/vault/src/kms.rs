//! KMS, which makes data keys and alone unwraps them.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, LazyLock};

use app_domain::UserId;
use aws_sdk_kms::Client;
use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::VaultError;
use crate::data_key::DataKey;

/// What the key in KMS is used for here. Roles and the key's policy may insist on it.
const PURPOSE: &str = "memory-app field key";

/// The key in KMS that wraps data keys. Cloning shares the client, which is built on first use.
#[derive(Clone)]
pub struct Kms {
    client: Arc<LazyLock<Client, Box<dyn FnOnce() -> Client + Send>>>,
    key_id: Arc<str>,
}

impl Kms {
    /// The key `key_id` (an id or an ARN); `connect` builds the client when it is first needed.
    pub fn new(key_id: impl Into<Arc<str>>, connect: impl FnOnce() -> Client + Send + 'static) -> Self {
        Self { client: Arc::new(LazyLock::new(Box::new(connect))), key_id: key_id.into() }
    }

    /// A new data key of a person, in the clear and wrapped.
    pub(crate) async fn make(&self, owner: UserId) -> Result<(DataKey, String), VaultError> {
        let request = self.client.generate_data_key().key_id(&*self.key_id).key_spec(DataKeySpec::Aes256);
        let answer = request.set_encryption_context(Some(context(owner))).send().await.map_err(failed)?;
        let key = data_key(answer.plaintext)?;
        let wrapped = answer.ciphertext_blob.ok_or_else(incomplete)?;
        Ok((key, BASE64_STANDARD.encode(wrapped)))
    }

    /// A data key that was wrapped for this person; for nobody else does KMS unwrap it.
    pub(crate) async fn unwrapped(&self, owner: UserId, wrapped: &str) -> Result<DataKey, VaultError> {
        let wrapped = BASE64_STANDARD.decode(wrapped).map_err(|_| VaultError::Unreadable)?;
        let request = self.client.decrypt().key_id(&*self.key_id).ciphertext_blob(Blob::new(wrapped));
        let answer = request.set_encryption_context(Some(context(owner))).send().await.map_err(failed)?;
        data_key(answer.plaintext)
    }
}

/// What a wrapped key is bound to. KMS writes it to its audit trail, so it holds no more than ids.
fn context(owner: UserId) -> HashMap<String, String> {
    HashMap::from([("purpose".to_owned(), PURPOSE.to_owned()), ("userId".to_owned(), owner.to_string())])
}

fn data_key(plain: Option<Blob>) -> Result<DataKey, VaultError> {
    plain.map(Blob::into_inner).and_then(DataKey::new).ok_or_else(incomplete)
}

fn incomplete() -> VaultError {
    VaultError::Unavailable("KMS answered without a key of 256 bits".into())
}

/// The SDK's error as ours: its code alone where the service gave one, for its message names roles and keys.
fn failed<E>(error: SdkError<E>) -> VaultError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    match (error.code(), &error) {
        // It was wrapped for another person or by another key, or changed since. No retry helps.
        (Some("InvalidCiphertextException" | "IncorrectKeyException"), _) => VaultError::Unreadable,
        (Some(code), _) => VaultError::Unavailable(code.to_owned().into()),
        // These hold the answer as it came, and an answer of KMS may hold a key.
        (None, SdkError::ResponseError(_) | SdkError::ServiceError(_)) => {
            VaultError::Unavailable("the answer of KMS could not be read".into())
        }
        (None, _) => VaultError::Unavailable(Box::new(error)),
    }
}
