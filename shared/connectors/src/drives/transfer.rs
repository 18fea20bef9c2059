//! Files on their way to a drive: in one call or by chunks, gone on with wherever they were left.

use std::error::Error;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Drive, DriveError, DriveErrorClass, DriveFile, DriveUpload, When};

/// Files of up to this size go in one call.
pub const SMALL_BYTES: u64 = 4 << 20;

/// Where the bytes of a file come from. They can be read again, and are always the same.
#[async_trait]
pub trait BytesSource: Send + Sync {
    /// How many there are.
    fn size_bytes(&self) -> u64;

    /// Just as many as `count`, from `from` on.
    ///
    /// # Errors
    /// If they cannot be read.
    async fn read(&self, from: u64, count: u64) -> Result<Bytes, Box<dyn Error + Send + Sync>>;
}

/// Where it is kept how far an upload is.
#[async_trait]
pub trait Checkpoint: Send {
    /// Keeps it, as soon as it has begun and after each chunk, and says whether to go on.
    ///
    /// # Errors
    /// If it cannot be kept.
    async fn saved(&mut self, upload: &DriveUpload) -> Result<Next, Box<dyn Error + Send + Sync>>;
}

/// What is to be done now that an upload is saved as far as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It goes on.
    GoOn,
    /// It rests: the time is over.
    Stop,
}

/// What came of it.
#[derive(Debug)]
pub enum Transferred {
    /// The file is there.
    Done(DriveFile),
    /// It can be gone on with from here.
    Stopped(DriveUpload),
}

/// Why a file did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The drive.
    #[error(transparent)]
    Drive(#[from] DriveError),
    /// The bytes cannot be read.
    #[error("what is to be sent cannot be read")]
    Source(#[source] Box<dyn Error + Send + Sync>),
    /// How far the upload is cannot be saved.
    #[error("how far an upload is cannot be saved")]
    Saving(#[source] Box<dyn Error + Send + Sync>),
}

/// Puts a file. A small one goes in one call, another by chunks, with a checkpoint after each. With `resumed`, which is what was saved last, the provider is asked how far it is; what it has and the digest has not is read
/// again, and not sent. An upload that is gone, or a file that does not arrive as it was sent, is begun anew, once each.
///
/// # Errors
/// See [`TransferError`]. What was saved last is still good, unless the class is [`DriveErrorClass::UploadGone`] or
/// [`DriveErrorClass::Mismatch`].
pub async fn transfer(
    drive: &dyn Drive,
    path: &str,
    source: &dyn BytesSource,
    when: When,
    resumed: Option<DriveUpload>,
    checkpoint: &mut dyn Checkpoint,
) -> Result<Transferred, TransferError> {
    let size_bytes = source.size_bytes();
    // One that is of something else cannot be gone on with.
    let mut resumed = resumed.filter(|upload| upload.path == path && upload.size_bytes == size_bytes);
    let (mut may_be_gone, mut may_differ) = (true, true);
    loop {
        let done = match resumed.take() {
            None if size_bytes <= SMALL_BYTES => {
                let bytes = read(source, 0, size_bytes).await?;
                drive.put(path, bytes, when.clone()).await.map(Transferred::Done).map_err(Into::into)
            }
            upload => in_chunks(drive, path, source, &when, upload, checkpoint).await,
        };
        match done {
            Err(TransferError::Drive(error))
                if is_of(&error, DriveErrorClass::UploadGone, &mut may_be_gone) => {}
            Err(TransferError::Drive(error)) if is_of(&error, DriveErrorClass::Mismatch, &mut may_differ) => {
            }
            done => return done,
        }
    }
}

/// Whether an error is of a class, and the first of it.
fn is_of(error: &DriveError, class: DriveErrorClass, is_first: &mut bool) -> bool {
    error.class == class && std::mem::take(is_first)
}

async fn in_chunks(
    drive: &dyn Drive,
    path: &str,
    source: &dyn BytesSource,
    when: &When,
    upload: Option<DriveUpload>,
    checkpoint: &mut dyn Checkpoint,
) -> Result<Transferred, TransferError> {
    let (mut upload, mut whole) = match upload {
        Some(mut upload) => {
            let whole = drive.resume(&mut upload).await?;
            (upload, whole)
        }
        None => {
            let upload = drive.begin(path, source.size_bytes(), when.clone()).await?;
            if checkpoint.saved(&upload).await.map_err(TransferError::Saving)? == Next::Stop {
                return Ok(Transferred::Stopped(upload));
            }
            (upload, None)
        }
    };
    let mut failed_at = None;
    loop {
        if let Some(file) = whole {
            return checked(drive, source, upload, file).await.map(Transferred::Done);
        }
        catch_up(source, &mut upload).await?;
        let before = upload.offset;
        let count = drive.chunk_bytes().min(upload.size_bytes.saturating_sub(before));
        let chunk = read(source, before, count).await?;
        whole = match drive.send(&mut upload, chunk).await {
            // Nothing was taken of something: whoever asks again and again would never end.
            Ok(None) if upload.offset <= before && failed_at.replace(before) == Some(before) => {
                return Err(DriveError::of(DriveErrorClass::Transient).into());
            }
            Ok(None) => {
                if checkpoint.saved(&upload).await.map_err(TransferError::Saving)? == Next::Stop {
                    return Ok(Transferred::Stopped(upload));
                }
                None
            }
            Ok(file) => file,
            // It may have been taken, or in part. The provider knows, unless it wants to be left alone.
            Err(error) if error.class == DriveErrorClass::Transient && failed_at != Some(before) => {
                failed_at = Some(before);
                drive.resume(&mut upload).await?
            }
            Err(error) => return Err(error.into()),
        };
    }
}

/// Lets the digest of an upload have what the provider has.
async fn catch_up(source: &dyn BytesSource, upload: &mut DriveUpload) -> Result<(), TransferError> {
    while !upload.missed().is_empty() {
        let missed = upload.missed();
        let count = (missed.end - missed.start).min(SMALL_BYTES);
        upload.catch_up(&read(source, missed.start, count).await?);
    }
    Ok(())
}

/// A file that is there, if it is the one that was sent. Another one is removed.
async fn checked(
    drive: &dyn Drive,
    source: &dyn BytesSource,
    mut upload: DriveUpload,
    mut file: DriveFile,
) -> Result<DriveFile, TransferError> {
    upload.offset = upload.size_bytes;
    let has_missed = !upload.missed().is_empty();
    catch_up(source, &mut upload).await?;
    // The drive may know more of it now that the hash of all of it is known here.
    if has_missed && file.hash.is_none() {
        file = drive.resume(&mut upload).await?.unwrap_or(file);
    }
    if let Err(error) = upload.check(&file) {
        drive.remove(&file).await?;
        return Err(error.into());
    }
    Ok(file)
}

async fn read(source: &dyn BytesSource, from: u64, count: u64) -> Result<Bytes, TransferError> {
    let bytes = source.read(from, count).await.map_err(TransferError::Source)?;
    if bytes.len() as u64 == count {
        Ok(bytes)
    } else {
        Err(TransferError::Source("another number of bytes than was asked for".into()))
    }
}
