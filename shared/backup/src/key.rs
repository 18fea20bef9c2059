//! The key of a set of backups: made here, kept on the drive, opened by the passphrase and by nothing here.
//!
//! The file is what `age-keygen | age -p` would make, so `age -d -i keys/<set>.age X.age` opens what is encrypted to it.

use std::fmt;
use std::io::{Read, Write};

use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};
use age_core::format::{FileKey, Stanza};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::Passphrase;

/// scrypt's N is two to the power of this: 128 MiB, and about half a second of a CPU.
const WORK: u8 = 17;
/// The most that is done for a file that somebody else wrote, such as `age -p`: 256 MiB.
const MOST_WORK: u8 = 18;
/// The largest key file, and the most in it.
const MAX_BYTES: usize = 64 << 10;

/// A key that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The public key: whoever has it can encrypt, and not decrypt.
    pub recipient: String,
    /// The private key, encrypted with the passphrase: what goes to the drive.
    pub key_file: Vec<u8>,
}

/// Why a key cannot be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The passphrase is another.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// It is no key file, or it was changed.
    #[error("the key file is damaged, or none")]
    Damaged,
    /// Opening it would take more memory than there is.
    #[error("opening the key file would take too much memory")]
    TooMuchWork,
    /// It cannot be written.
    #[error("a key cannot be made")]
    NotMade(#[source] std::io::Error),
}

/// A new key.
///
/// # Errors
/// If it cannot be made.
pub fn new_key(passphrase: &Passphrase) -> Result<NewKey, KeyError> {
    let identity = x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let secret = identity.to_string();
    // As age-keygen writes it.
    let text = Zeroizing::new(format!("# public key: {recipient}\n{}\n", secret.expose_secret()));
    let key_file = wrapped(text.as_bytes(), passphrase)?;
    Ok(NewKey { recipient, key_file })
}

/// The same key, encrypted with another passphrase. Backups need not be written again.
///
/// # Errors
/// If the old passphrase does not open it.
pub fn rewrap(key_file: &[u8], old: &Passphrase, new: &Passphrase) -> Result<Vec<u8>, KeyError> {
    let text = unwrapped(key_file, old)?;
    // What is none must not become one.
    identities(&text)?;
    wrapped(&text, new)
}

/// What opens encrypted backups. Only ever in memory.
#[derive(Clone)]
pub struct Identity(Vec<x25519::Identity>);

impl Identity {
    /// Opens a key file.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn unlock(key_file: &[u8], passphrase: &Passphrase) -> Result<Self, KeyError> {
        identities(&unwrapped(key_file, passphrase)?).map(Self)
    }

    /// The public keys that are its.
    pub fn recipients(&self) -> Vec<String> {
        self.0.iter().map(|identity| identity.to_public().to_string()).collect()
    }

    /// The key of a file that is encrypted to it; `None` if it is encrypted to another.
    pub(crate) fn file_key(&self, stanza: &Stanza) -> Option<FileKey> {
        self.0.iter().find_map(|identity| age::Identity::unwrap_stanza(identity, stanza)?.ok())
    }
}

/// Not what it is.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.recipients().join(" "))
    }
}

fn secret(passphrase: &Passphrase) -> SecretString {
    SecretString::from(passphrase.expose())
}

fn wrapped(text: &[u8], passphrase: &Passphrase) -> Result<Vec<u8>, KeyError> {
    let mut recipient = scrypt::Recipient::new(secret(passphrase));
    recipient.set_work_factor(WORK);
    let not_made = |error| KeyError::NotMade(std::io::Error::other(error));
    let encryptor =
        Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).map_err(not_made)?;
    let mut writer = encryptor.wrap_output(Vec::new()).map_err(KeyError::NotMade)?;
    writer.write_all(text).map_err(KeyError::NotMade)?;
    writer.finish().map_err(KeyError::NotMade)
}

fn unwrapped(key_file: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if key_file.len() > MAX_BYTES {
        return Err(KeyError::Damaged);
    }
    let decryptor = Decryptor::new_buffered(key_file).map_err(|_| KeyError::Damaged)?;
    if !decryptor.is_scrypt() {
        return Err(KeyError::Damaged);
    }
    let mut identity = scrypt::Identity::new(secret(passphrase));
    identity.set_max_work_factor(MOST_WORK);
    let opened = decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity));
    let reader = opened.map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => {
            KeyError::WrongPassphrase
        }
        DecryptError::ExcessiveWork { .. } => KeyError::TooMuchWork,
        _ => KeyError::Damaged,
    })?;
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_BYTES));
    reader.take(MAX_BYTES as u64).read_to_end(&mut text).map_err(|_| KeyError::Damaged)?;
    Ok(text)
}

/// The keys of a file that is open. Lines that are none are comments.
fn identities(text: &[u8]) -> Result<Vec<x25519::Identity>, KeyError> {
    let text = str::from_utf8(text).map_err(|_| KeyError::Damaged)?;
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("AGE-SECRET-KEY-1"));
    let found: Result<Vec<_>, _> = lines.map(str::parse).collect();
    found.ok().filter(|found| !found.is_empty()).ok_or(KeyError::Damaged)
}
