//! From bytes in the bucket to a file of a memory, once, whoever comes again.

use app_domain::{
    Checksum, File, FileDraft, FileId, FileQuota, FileStatus, Memory, MemoryMedia, Sha256, StoreError, Upload,
};
use app_extract::identified;
use app_store::{FileChange, FileCreation, FileWriter, StoredObject};
use tokio::time::timeout;

use crate::failure::Failure;
use crate::fetch::declared;
use crate::names::file_name;
use crate::{FETCHES_FOR, Worker};

/// How often it is begun anew because another job came first.
const TRIES: usize = 5;

pub(crate) fn storage_full() -> Failure {
    Failure::final_because("Your storage is full. Delete files to make room, and try again.")
}

impl Worker {
    /// Makes media a file of their memory: fetched, unless their bytes are there, noted, looked at and kept. `Ok(false)` if the memory is
    /// gone, and then nothing of the file is left.
    pub(crate) async fn keep(
        &self,
        memory: &Memory,
        media: &MemoryMedia,
        id: FileId,
        quota: FileQuota,
    ) -> Result<bool, Failure> {
        let (owner, bucket) = (memory.owner, &self.outside.bucket);
        for _ in 0..TRIES {
            let file = match self.files.get(owner, id).await? {
                Some(file) if file.status == FileStatus::Ready => return Ok(true),
                Some(file) => file,
                None => {
                    // What an earlier one has left would be taken for this one's when its time comes.
                    self.removal.erase(owner, id).await?;
                    if bucket.object(owner, id).await?.is_none() {
                        let fetched = timeout(FETCHES_FOR, self.fetch(owner, media, id, quota)).await;
                        fetched.unwrap_or(Err(Failure::Slow))?;
                    }
                    match self.noted(memory, media, id, quota).await? {
                        Some(file) => file,
                        None if self.files.get(owner, id).await?.is_some() => continue,
                        None => {
                            bucket.remove(owner, id, None).await?;
                            return Ok(false);
                        }
                    }
                }
            };
            if self.is_completed(&file).await? {
                return Ok(true);
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Notes the file whose bytes are there. `None` if it has no memory.
    async fn noted(
        &self,
        memory: &Memory,
        media: &MemoryMedia,
        id: FileId,
        quota: FileQuota,
    ) -> Result<Option<File>, Failure> {
        let (owner, bucket, now) = (memory.owner, &self.outside.bucket, (self.now)());
        let (object, beginning) =
            (bucket.object(owner, id).await?, bucket.beginning(owner, id).await?.unwrap_or_default());
        let Some(StoredObject { size_bytes, checksum: Some(checksum) }) = object else {
            return Err(Failure::Store(StoreError::Corrupt(
                "there are no bytes, or they have no checksum".into(),
            )));
        };
        let content_type = identified(&declared(media), &beginning, beginning.len() as u64 == size_bytes);
        let name = file_name(memory, media, &content_type)
            .map_err(|invalid| StoreError::Corrupt(Box::new(invalid)))?;
        let draft = FileDraft { name, content_type, size_bytes, memory: Some(memory.id) };
        let file = File::new(id, owner, draft, upload(&checksum), now);
        match self.files.create(&file, quota).await {
            Ok(FileCreation::Done) => Ok(Some(file)),
            Ok(FileCreation::NoMemory) => Ok(None),
            // Another job has noted it.
            _ if self.files.get(owner, id).await?.is_some() => Ok(None),
            // The bytes stay until the bucket removes what nobody keeps: another job may have made a file of them just now.
            Ok(FileCreation::OverQuota(_)) => Err(storage_full()),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a noted file ready. `Ok(false)` if that has to be begun anew: it was changed, or its bytes are gone.
    async fn is_completed(&self, file: &File) -> Result<bool, Failure> {
        let (owner, id, now) = (file.owner, file.id, (self.now)());
        let object = self.outside.bucket.object(owner, id).await?;
        let checksum =
            object.filter(|object| object.size_bytes == file.size_bytes).and_then(|it| it.checksum);
        // Kept before the table says that it is ready: what is ready must stay.
        let is_kept = checksum.is_some() && self.outside.bucket.keep(owner, id).await?;
        let Some(checksum) = checksum.filter(|_| is_kept) else {
            self.removal.delete(owner, id, now).await?;
            return Ok(false);
        };
        let ready = file.clone().completed(file.content_type.clone(), checksum, now);
        Ok(self.files.replace(file, &ready).await? == FileChange::Done)
    }
}

/// How bytes of a checksum have come in. The upload is over: its name at S3 matters to nobody.
fn upload(checksum: &Checksum) -> Upload {
    match Sha256::parse(checksum.as_str()) {
        Ok(sha256) => Upload::Single { sha256 },
        Err(_) => Upload::Multipart {
            upload_id: "received".to_owned(),
            part_size_bytes: FileWriter::PART_BYTES as u64,
        },
    }
}
