//! Something on its way to the drive, under the name of its bytes.

use std::error::Error;

use app_connectors::drives::{
    BytesSource, Checkpoint, DriveErrorClass, DriveFile, DriveUpload, Next, TransferError, Transferred, When,
    transfer,
};
use async_trait::async_trait;
use bytes::Bytes;

use super::base::Base;
use super::file::Sending;
use crate::failure::Failure;
use crate::kept::work_key;
use crate::run::Run;

/// Where it is kept how far an upload is.
pub(super) const UPLOAD: &str = "upload";

/// What became of it.
pub(super) struct Sent {
    /// What the provider says of it.
    pub(super) hash: Option<String>,
    /// How much was sent.
    pub(super) new_bytes: u64,
}

/// Bytes that are all here.
pub(super) struct WholeBytes(pub(super) Bytes);

#[async_trait]
impl BytesSource for WholeBytes {
    fn size_bytes(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, from: u64, count: u64) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        let (from, count) = (usize::try_from(from)?, usize::try_from(count)?);
        let end = from.checked_add(count).filter(|end| *end <= self.0.len());
        Ok(self.0.slice(from..end.ok_or("there is nothing behind the end")?))
    }
}

/// Puts something under a path that tells its bytes, unless it is there. With `digest`, which is what the provider would say of it, it is compared
/// with what is there. What is there and something else was changed by hand: it is replaced.
pub(super) async fn sent(
    run: &Run<'_>,
    base: &Base,
    path: &str,
    source: &dyn BytesSource,
    digest: Option<&str>,
    sending: Option<&mut Sending>,
) -> Result<Sent, Failure> {
    let size_bytes = source.size_bytes();
    let is_it = |file: &&DriveFile| {
        let told = file.hash.as_deref();
        file.size_bytes == size_bytes && (told.is_none() || digest.is_none() || told == digest)
    };
    let there = base.stored.get(path);
    if let Some(file) = there.filter(is_it) {
        return Ok(Sent { hash: file.hash.clone(), new_bytes: 0 });
    }
    run.goes_on().await?;
    let when = if there.is_some() { When::Any } else { When::Absent };
    let mut following = Following { run, sending, counted: 0 };
    let mut ended = following.put(path, source, when).await;
    if matches!(&ended, Err(TransferError::Drive(error)) if error.class == DriveErrorClass::Conflict) {
        // Of this name, there is nothing else that anybody could need.
        ended = following.put(path, source, When::Any).await;
    }
    match ended.map_err(|error| Failure::sending(error, size_bytes))? {
        Transferred::Done(file) => {
            run.bytes(size_bytes.saturating_sub(following.counted));
            Ok(Sent { hash: file.hash, new_bytes: size_bytes })
        }
        Transferred::Stopped(_) => Err(Failure::OutOfTime),
    }
}

/// Puts something small under a path of its own.
pub(super) async fn put(
    run: &Run<'_>,
    path: &str,
    source: &dyn BytesSource,
    when: When,
) -> Result<(), Failure> {
    let ended = Following { run, sending: None, counted: 0 }.put(path, source, when).await;
    ended.map(drop).map_err(|error| Failure::sending(error, source.size_bytes()))
}

/// Follows an upload.
struct Following<'a> {
    run: &'a Run<'a>,
    /// What is kept of one that can be gone on with.
    sending: Option<&'a mut Sending>,
    /// How many of its bytes are counted.
    counted: u64,
}

impl Following<'_> {
    async fn put(
        &mut self,
        path: &str,
        source: &dyn BytesSource,
        when: When,
    ) -> Result<Transferred, TransferError> {
        let resumed = self.sending.as_mut().and_then(|sending| sending.upload.take());
        let resumed = resumed.filter(|upload| upload.when == when);
        let drive = self.run.drive;
        transfer(drive, path, source, when, resumed, self).await
    }
}

#[async_trait]
impl Checkpoint for Following<'_> {
    async fn saved(&mut self, upload: &DriveUpload) -> Result<Next, Box<dyn Error + Send + Sync>> {
        self.run.bytes(upload.offset.saturating_sub(self.counted));
        self.counted = self.counted.max(upload.offset);
        let Some(sending) = &mut self.sending else { return Ok(Next::GoOn) };
        sending.upload = Some(upload.clone());
        self.run.kept.put_json(&work_key(self.run.job, UPLOAD), &**sending).await?;
        match self.run.goes_on().await {
            Ok(_) => Ok(Next::GoOn),
            Err(Failure::OutOfTime) => Ok(Next::Stop),
            Err(failure) => Err(Box::new(failure)),
        }
    }
}
