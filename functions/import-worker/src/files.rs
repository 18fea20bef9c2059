//! From the archive into the bucket: a file's bytes are read on the archive's thread and written in one stream, of which no more than a part is
//! in memory.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use app_domain::{Checksum, ContentType, File, FileDraft, FileQuota, FileStatus, Sha256, Upload};
use app_extract::identified;
use app_import::ImportError;
use app_store::{FileRestored, FileWriter, StoredObject};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::Worker;
use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::feed::{Archive, entered};
use crate::units::{Bringable, Bytes};

/// How many bytes tell what a file is.
const BEGINNING_BYTES: usize = 8 * 1024;
/// How much is read at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// How long one file may take. An attempt that begins with it has more time than that.
const LONGEST: Duration = Duration::from_secs(180);

const TOO_LONG: &str = "It takes too long to be unpacked. Upload it by itself.";
const MISSING: &str = "It is not in the archive.";
const EMPTY: &str = "It is empty.";
const TOO_LARGE: &str = "It is larger than what your plan allows for a file.";
const FULL: &str = "Your storage is full. Delete files to make room, and import the archive again.";

/// What came of a file.
pub(crate) enum Brought {
    Made,
    There,
    /// It cannot be, for this reason.
    Refused(String),
}

/// The bytes of a file on their way.
enum Chunks {
    Here(Option<Vec<u8>>),
    /// An error that is none: it is not in the archive.
    Coming(mpsc::Receiver<Result<Vec<u8>, Option<ImportError>>>),
}

/// Why no bytes come.
enum Broken {
    /// What is wrong with them, in words for their owner.
    Bytes(String),
    Here(Failure),
}

impl<E: Into<Failure>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self::Here(error.into())
    }
}

impl Worker {
    /// Brings in a file that is not in the table. Its bytes may be in the bucket, from an attempt that died.
    pub(crate) async fn bring_file(
        &self,
        archive: &Archive,
        file: &Bringable,
        quota: FileQuota,
        delivery: &Delivery,
    ) -> Result<Brought, Failure> {
        let (owner, id) = (file.owner, file.id);
        if file.size_bytes.is_some_and(|size| size > quota.file_bytes) {
            return Ok(Brought::Refused(TOO_LARGE.to_owned()));
        }
        // What an earlier file of this id has left would take this one along.
        self.removal.erase(owner, id).await?;
        if self.bucket.object(owner, id).await?.is_none() {
            match self.write_file(archive, file, quota, delivery).await {
                Ok(()) => {}
                Err(Broken::Bytes(reason)) => return Ok(Brought::Refused(reason)),
                Err(Broken::Here(failure)) => return Err(failure),
            }
        }
        let (object, beginning) =
            (self.bucket.object(owner, id).await?, self.bucket.beginning(owner, id).await?);
        let Some(StoredObject { size_bytes, checksum: Some(checksum) }) = object else {
            return Err(app_domain::StoreError::Corrupt("there are no bytes, or no checksum".into()).into());
        };
        let beginning = beginning.unwrap_or_default();
        let content_type = identified(&file.declared, &beginning, beginning.len() as u64 == size_bytes);
        // Kept before the table says that it is ready: what is ready must stay.
        self.bucket.keep(owner, id).await?;
        let ready = ready(file, content_type, size_bytes, checksum);
        match self.files.restore(&ready, quota).await? {
            FileRestored::Made => Ok(Brought::Made),
            FileRestored::Same => Ok(Brought::There),
            FileRestored::OverQuota(_) => {
                self.bucket.remove(owner, id, None).await?;
                Ok(Brought::Refused(FULL.to_owned()))
            }
            FileRestored::Refused(reason) => {
                self.bucket.remove(owner, id, None).await?;
                Ok(Brought::Refused(reason.to_owned()))
            }
        }
    }

    async fn write_file(
        &self,
        archive: &Archive,
        file: &Bringable,
        quota: FileQuota,
        delivery: &Delivery,
    ) -> Result<(), Broken> {
        let mut chunks = Chunks::of(archive, file);
        let mut beginning = Vec::new();
        let mut is_whole = false;
        while !is_whole && beginning.len() < BEGINNING_BYTES {
            match chunks.next().await? {
                Some(chunk) => beginning.extend_from_slice(&chunk),
                None => is_whole = true,
            }
        }
        if beginning.is_empty() {
            return Err(Broken::Bytes(EMPTY.to_owned()));
        }
        let used = self.files.usage(file.owner).await?.bytes;
        let room = quota.total_bytes.saturating_sub(used);
        let content_type = identified(&file.declared, &beginning, is_whole);
        let mut writer = self.bucket.writer(file.owner, file.id, content_type);
        let written = filled(&mut writer, &beginning, &mut chunks, (quota.file_bytes, room), delivery).await;
        let written = match written {
            Ok(()) => writer.finish().await.map_err(Broken::from),
            Err(broken) => Err(broken),
        };
        if written.is_err() {
            writer.abandon().await;
        }
        written
    }
}

/// Writes all there is, unless it turns out to be too much.
async fn filled(
    writer: &mut FileWriter,
    beginning: &[u8],
    chunks: &mut Chunks,
    (most, room): (u64, u64),
    delivery: &Delivery,
) -> Result<(), Broken> {
    let (mut size, mut begun) = (0, None);
    let mut chunk = Some(beginning.to_vec());
    while let Some(bytes) = chunk {
        size += bytes.len() as u64;
        if size > most {
            return Err(Broken::Bytes(TOO_LARGE.to_owned()));
        }
        if size > room {
            return Err(Broken::Bytes(FULL.to_owned()));
        }
        writer.write(&bytes).await?;
        let now = delivery.goes_on().await?;
        // Whoever goes on begins with it anew: what one invocation cannot do, none can.
        if now.since(*begun.get_or_insert(now)) > LONGEST {
            return Err(Broken::Bytes(TOO_LONG.to_owned()));
        }
        chunk = chunks.next().await?;
    }
    Ok(())
}

impl Chunks {
    fn of(archive: &Archive, file: &Bringable) -> Self {
        let path = match &file.bytes {
            Bytes::Here(bytes) => return Self::Here(Some(bytes.clone())),
            Bytes::At(path) => path.clone(),
        };
        let (sender, chunks) = mpsc::channel(2);
        let attic = Arc::clone(&archive.attic);
        // It ends when it is read, or when nobody takes its chunks any more.
        drop(spawn_blocking(move || {
            let mut attic = entered(&attic);
            let give = |chunk| sender.blocking_send(chunk).is_ok();
            let mut read = || -> Result<(), ImportError> {
                let Some(mut bytes) = attic.open(&path)? else {
                    give(Err(None));
                    return Ok(());
                };
                loop {
                    let mut chunk = Vec::with_capacity(CHUNK_BYTES);
                    let count = bytes.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut chunk)?;
                    if count == 0 || !give(Ok(chunk)) {
                        return Ok(());
                    }
                }
            };
            if let Err(error) = read() {
                give(Err(Some(error)));
            }
        }));
        Self::Coming(chunks)
    }

    async fn next(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        match self {
            Self::Here(bytes) => Ok(bytes.take()),
            Self::Coming(chunks) => match chunks.recv().await {
                None => Ok(None),
                Some(Ok(chunk)) => Ok(Some(chunk)),
                Some(Err(None)) => Err(Broken::Bytes(MISSING.to_owned())),
                Some(Err(Some(error))) => match Failure::unless_of_archive(error) {
                    Ok(reason) => Err(Broken::Bytes(reason)),
                    Err(failure) => Err(Broken::Here(failure)),
                },
            },
        }
    }
}

/// The file whose bytes are there.
fn ready(file: &Bringable, content_type: ContentType, size_bytes: u64, checksum: Checksum) -> File {
    let draft = FileDraft {
        name: file.name.clone(),
        content_type,
        size_bytes,
        memory: file.attached.map(|attached| attached.memory),
    };
    // The upload is over: its name at S3 matters to nobody.
    let upload = match Sha256::parse(checksum.as_str()) {
        Ok(sha256) => Upload::Single { sha256 },
        Err(_) => Upload::Multipart {
            upload_id: "imported".to_owned(),
            part_size_bytes: FileWriter::PART_BYTES as u64,
        },
    };
    File {
        attached: file.attached,
        status: FileStatus::Ready,
        checksum: Some(checksum),
        updated_at: file.updated_at,
        ..File::new(file.id, file.owner, draft, upload, file.created_at)
    }
}
