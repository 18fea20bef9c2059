//! A backup on the drive, open to be read. Whatever is there may be gone, changed, or made by somebody else: what is read is bounded, and compared
//! with what names it.

use std::collections::HashSet;
use std::error::Error;

use app_backup::layout::{self, ManifestName};
use app_backup::{Identity, KeyError, Manifest, OpenError, OpenedPack, Opener, PackEntry, Passphrase, Sum};
use app_connectors::drives::{BytesSource, Drive, DriveError, DriveErrorClass, DriveFile};
use app_domain::{BackupId, FileId};
use async_trait::async_trait;
use bytes::Bytes;

use crate::failure::Failure;
use crate::reasons;
use crate::run::Run;

/// The most that a drive gives at once.
const READ_BYTES: u64 = 32 << 20;
/// More than any pack has.
const MOST_PACK_BYTES: u64 = 64 << 20;
/// More than any key file has.
const MOST_KEY_BYTES: u64 = 64 << 10;

/// A backup that can be read.
pub(crate) struct Backup {
    /// What it has.
    pub(crate) manifest: Manifest,
    /// Of the manifest, as it is on the drive.
    pub(crate) sha256: Sum,
    /// Opens what it has.
    pub(crate) opener: Opener,
    /// The files that are not in packs.
    apart: HashSet<FileId>,
}

/// Something of a backup that cannot be read, and why, in words for its owner.
pub(crate) type Unread = String;

impl Backup {
    /// Finds a backup and opens it with the job's passphrase, if it needs one.
    ///
    /// # Errors
    /// In words for the owner, if it is not there, is not what it should be, or the passphrase is another.
    pub(crate) async fn open(run: &Run<'_>, id: BackupId, path: &str) -> Result<Self, Failure> {
        let Some(name) = ManifestName::parse(path).filter(|name| name.id == id) else {
            return Err(told(reasons::NO_BACKUP));
        };
        let Some(stored) = whole(run, path, Manifest::MAX_BYTES).await? else {
            return Err(told(reasons::NO_BACKUP));
        };
        let sha256 = Sum::of(&stored);
        let known = run.worker.backups.get(run.owner(), run.provider(), id).await?;
        if name.set == run.owner() && known.is_some_and(|known| known.sha256 != sha256.to_string()) {
            return Err(told(reasons::CHANGED_BACKUP));
        }
        let (opener, plain) = match name.is_sealed {
            true => unlocked(run, &name, stored).await?,
            false => (Opener::default(), stored),
        };
        let manifest = Manifest::read(&plain).map_err(|error| told(&reasons::unread(path, &error)))?;
        if manifest.id != id || manifest.account != name.set {
            return Err(told(reasons::CHANGED_BACKUP));
        }
        let apart = manifest.files.iter().map(|file| file.id).collect();
        Ok(Self { manifest, sha256, opener, apart })
    }

    /// Whether a file is one by itself on the drive.
    pub(crate) fn is_apart(&self, id: FileId) -> bool {
        self.apart.contains(&id)
    }

    /// What is in a pack; or why it cannot be read.
    ///
    /// # Errors
    /// If the drive fails.
    pub(crate) async fn pack(
        &self,
        run: &Run<'_>,
        entry: &PackEntry,
    ) -> Result<Result<OpenedPack, Unread>, Failure> {
        if entry.size > MOST_PACK_BYTES {
            return Ok(Err(reasons::unread(&entry.path, &"it is larger than any pack")));
        }
        let Some(stored) = whole(run, &entry.path, entry.size).await? else {
            return Ok(Err(reasons::missing(&entry.path)));
        };
        let (opener, format, entry) = (self.opener.clone(), self.manifest.format, entry.clone());
        // It is unpacked and hashed, which takes a while.
        let opened = tokio::task::spawn_blocking(move || {
            opener.pack(&entry, format, stored).map_err(|error| reasons::unread(&entry.path, &error))
        });
        opened.await.map_err(|error| Failure::Step(Box::new(error)))
    }
}

/// What opens a set, and a manifest of it in the clear. The key is on the drive; that of the own set is known here too, should it be lost there.
async fn unlocked(
    run: &Run<'_>,
    name: &ManifestName,
    manifest: Vec<u8>,
) -> Result<(Opener, Vec<u8>), Failure> {
    let Some(passphrase) = &run.job.passphrase else { return Err(told(reasons::NO_PASSPHRASE)) };
    let passphrase = Passphrase::parse(passphrase).map_err(|_| told(reasons::WRONG_PASSPHRASE))?;
    let path = layout::key(name.set);
    let there = whole(run, &path, MOST_KEY_BYTES).await?;
    let known = run.connection.key_file.clone().filter(|_| name.set == run.owner());
    let mut why = told(&reasons::missing(&path));
    for key_file in there.into_iter().chain(known) {
        run.goes_on().await?;
        let passphrase = passphrase.clone();
        // It is meant to take a while.
        let opened = tokio::task::spawn_blocking(move || Identity::unlock(&key_file, &passphrase));
        let opened = opened.await.map_err(|error| Failure::Step(Box::new(error)))?;
        why = match opened.map(|identity| Opener::new(Some(identity))) {
            Ok(opener) => match opener.open(manifest.clone(), true) {
                Ok(plain) => return Ok((opener, plain)),
                Err(error) => told(&reasons::unread(&name.path(), &error)),
            },
            Err(KeyError::WrongPassphrase) => told(reasons::WRONG_PASSPHRASE),
            Err(error) => told(&reasons::unread(&path, &error)),
        };
    }
    Err(why)
}

/// The bytes of a file that is as large at most. `None` if it is not there, or larger.
async fn whole(run: &Run<'_>, path: &str, most: u64) -> Result<Option<Vec<u8>>, Failure> {
    let Some(file) = run.drive.find(path).await?.filter(|file| file.size_bytes <= most) else {
        return Ok(None);
    };
    let mut bytes: Vec<u8> = Vec::new();
    while (bytes.len() as u64) < file.size_bytes {
        run.goes_on().await?;
        let from = bytes.len() as u64;
        let piece = run.drive.read(&file, from, READ_BYTES.min(file.size_bytes - from)).await;
        let Some(piece) = unless_gone(piece)?.filter(|piece| !piece.is_empty()) else { return Ok(None) };
        run.bytes(piece.len() as u64);
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(bytes))
}

fn unless_gone<T>(read: Result<T, DriveError>) -> Result<Option<T>, DriveError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.class == DriveErrorClass::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file on the drive, read piece by piece.
pub(crate) struct Stored<'a> {
    drive: &'a dyn Drive,
    file: DriveFile,
}

impl<'a> Stored<'a> {
    pub(crate) fn new(drive: &'a dyn Drive, file: DriveFile) -> Self {
        Self { drive, file }
    }
}

#[async_trait]
impl BytesSource for Stored<'_> {
    fn size_bytes(&self) -> u64 {
        self.file.size_bytes
    }

    async fn read(&self, from: u64, count: u64) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        let bytes = self.drive.read(&self.file, from, count).await?;
        if bytes.len() as u64 == count { Ok(bytes) } else { Err("the file is shorter than it was".into()) }
    }
}

/// Why a large file was not read: the drive fails, which may pass; or in words for its owner.
pub(crate) fn unless_drive(path: &str, error: OpenError) -> Result<Unread, Failure> {
    match error {
        OpenError::Source(error) => of_source(path, error),
        error => Ok(reasons::unread(path, &error)),
    }
}

/// The same of what a source has said.
pub(crate) fn of_source(path: &str, error: Box<dyn Error + Send + Sync>) -> Result<Unread, Failure> {
    match error.downcast::<DriveError>() {
        Ok(error) if error.class == DriveErrorClass::NotFound => Ok(reasons::missing(path)),
        Ok(error) => Err(Failure::Drive(*error)),
        Err(error) => Ok(reasons::unread(path, &error)),
    }
}

fn told(words: &str) -> Failure {
    Failure::Told(words.to_owned())
}
