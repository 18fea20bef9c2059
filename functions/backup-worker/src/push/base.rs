//! What a backup rests on: what the drive has, and the last backup there.

use std::collections::{BTreeMap, HashMap};

use app_backup::layout::ManifestName;
use app_backup::{FileEntry, Manifest, PackEntry, Previous, Sum};
use app_connectors::drives::{Drive, DriveErrorClass, DriveFile};
use app_domain::{BackupId, FileId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::look::Look;
use crate::failure::Failure;
use crate::kept::manifest_key;
use crate::run::Run;

/// What is kept here of a backup: its manifest, in the clear, and what the provider says of everything that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Copy {
    /// As it is on the drive, unless it is encrypted there.
    pub(crate) manifest: String,
    /// Of the manifest as it is on the drive.
    pub(crate) sha256: Sum,
    /// What the provider says of it.
    pub(crate) file: DriveFile,
    /// What the provider says of packs and files, by their paths, where it says anything.
    pub(crate) hashes: BTreeMap<String, String>,
}

impl Copy {
    /// The manifest; none if it is of another version of this program.
    pub(crate) fn manifest(&self) -> Option<Manifest> {
        Manifest::read(self.manifest.as_bytes()).ok()
    }

    /// Whether a file on the drive is the manifest as it was put there.
    pub(super) fn is(&self, file: &DriveFile) -> bool {
        let (put, seen) = (self.file.hash.as_ref(), file.hash.as_ref());
        file.size_bytes == self.file.size_bytes && (put.is_none() || seen.is_none() || put == seen)
    }
}

/// The copy of a manifest, if it is kept.
pub(crate) async fn copy(run: &Run<'_>, id: BackupId) -> Result<Option<Copy>, Failure> {
    Ok(run.kept.get_json(&manifest_key(run.owner(), run.provider(), id)).await?)
}

/// What a backup rests on.
pub(crate) struct Base {
    /// Whose backups they are.
    pub(crate) set: UserId,
    /// When it was looked at the drive.
    pub(super) looked_at: Timestamp,
    /// The manifests of this set that are on the drive, the oldest first.
    pub(crate) manifests: Vec<(ManifestName, DriveFile)>,
    /// Whether something else is in their folder: nobody knows what it refers to.
    pub(crate) has_strangers: bool,
    /// The packs and large files of this set that are on the drive, by their paths.
    pub(crate) stored: HashMap<String, DriveFile>,
    /// The newest backup that is known.
    pub(crate) last: Option<Last>,
    /// What can be used again, the likeliest first.
    usable: Vec<Usable>,
}

/// The last backup.
pub(crate) struct Last {
    pub(crate) manifest: Manifest,
    hashes: BTreeMap<String, String>,
    /// Names it, if it is on the drive as it was put there.
    pub(crate) previous: Option<Previous>,
}

/// Packs and files that were sent for another backup.
pub(crate) struct Usable {
    recipient: Option<String>,
    packs: HashMap<Sum, PackEntry>,
    files: HashMap<FileId, FileEntry>,
    /// What the provider said of them, by path.
    hashes: BTreeMap<String, String>,
}

impl Usable {
    pub(crate) fn new(
        recipient: Option<String>,
        packs: &[PackEntry],
        files: &[FileEntry],
        hashes: BTreeMap<String, String>,
    ) -> Self {
        let packs = packs.iter().map(|pack| (pack.content, pack.clone())).collect();
        let files = files.iter().map(|file| (file.id, file.clone())).collect();
        Self { recipient, packs, files, hashes }
    }
}

impl Base {
    /// Looks at the drive. What an earlier attempt has put of the backup `new` is not looked at.
    pub(crate) async fn look(run: &Run<'_>, new: BackupId) -> Result<Self, Failure> {
        let set = run.owner();
        let (mut manifests, mut has_strangers) = (Vec::new(), false);
        let look = Look::at(run, new).await?;
        let looked_at = look.at;
        let [listed, packs, files] = look.found();
        for file in listed {
            match ManifestName::parse(&file.path).filter(|name| name.set == set) {
                Some(name) if name.id == new => {}
                Some(name) => manifests.push((name, file)),
                None => has_strangers = true,
            }
        }
        manifests.sort_by_key(|(name, _)| (name.at, name.id));
        let stored = packs.into_iter().chain(files).map(|file| (file.path.clone(), file)).collect();
        let last = last(run, new, &manifests).await?;
        let usable = last.iter().map(|last| {
            let Manifest { recipient, packs, files, .. } = &last.manifest;
            Usable::new(recipient.clone(), packs, files, last.hashes.clone())
        });
        let usable = usable.collect();
        Ok(Self { set, looked_at, manifests, has_strangers, stored, last, usable })
    }

    /// What was sent for a backup that was not finished can be used again.
    pub(crate) fn also(&mut self, usable: Usable) {
        self.usable.push(usable);
    }

    fn usable(&self, recipient: Option<&str>) -> impl Iterator<Item = &Usable> {
        self.usable.iter().filter(move |usable| usable.recipient.as_deref() == recipient)
    }

    /// The pack of some content, if the drive still has it; with what the provider says of it.
    pub(crate) fn pack(&self, content: Sum, recipient: Option<&str>) -> Option<(PackEntry, Option<String>)> {
        self.usable(recipient).find_map(|usable| {
            let entry = usable.packs.get(&content)?;
            let hash = self.has(&entry.path, entry.size, usable.hashes.get(&entry.path))?;
            Some((entry.clone(), hash))
        })
    }

    /// A large file, if the drive still has it; with what the provider says of it.
    pub(crate) fn file(
        &self,
        id: FileId,
        size_bytes: u64,
        recipient: Option<&str>,
    ) -> Option<(FileEntry, Option<String>)> {
        self.usable(recipient).find_map(|usable| {
            let entry = usable.files.get(&id).filter(|entry| entry.content_size == size_bytes)?;
            let hash = self.has(&entry.path, entry.size, usable.hashes.get(&entry.path))?;
            Some((entry.clone(), hash))
        })
    }

    /// Whether the drive has a file of a size and a hash, as far as both are known; with what the provider says of it.
    pub(super) fn has(&self, path: &str, size_bytes: u64, hash: Option<&String>) -> Option<Option<String>> {
        let file = self.stored.get(path).filter(|file| file.size_bytes == size_bytes)?;
        let is_it = match (&file.hash, hash) {
            (Some(seen), Some(known)) => seen == known,
            _ => true,
        };
        is_it.then(|| file.hash.clone())
    }

    /// Whether a manifest says what the last one said, which is on the drive.
    pub(crate) fn is_same(&self, new: &Manifest) -> bool {
        let Some(last) = self.last.as_ref().filter(|last| last.previous.is_some()) else { return false };
        let same = Manifest {
            id: last.manifest.id,
            at: last.manifest.at,
            previous: last.manifest.previous,
            ..new.clone()
        };
        same == last.manifest
    }
}

/// The newest backup on the drive that is known here. One that is not encrypted is read from there if its copy is lost.
async fn last(
    run: &Run<'_>,
    new: BackupId,
    manifests: &[(ManifestName, DriveFile)],
) -> Result<Option<Last>, Failure> {
    for (name, file) in manifests.iter().rev() {
        if let Some(copy) = copy(run, name.id).await?
            && let Some(manifest) = copy.manifest()
        {
            let previous = copy.is(file).then_some(Previous { id: name.id, sha256: copy.sha256 });
            return Ok(Some(Last { manifest, hashes: copy.hashes, previous }));
        }
        if let Some((manifest, sha256)) = read(run, name, file).await? {
            let previous = Some(Previous { id: name.id, sha256 });
            return Ok(Some(Last { manifest, hashes: BTreeMap::new(), previous }));
        }
    }
    // The folder is gone, or its manifests are. What the newest backup had may still be there.
    let before = run.connection.last_backup.as_ref().filter(|(id, ..)| *id != new);
    let Some((id, ..)) = before else { return Ok(None) };
    let copy = copy(run, *id).await?;
    Ok(copy.and_then(|copy| Some(Last { manifest: copy.manifest()?, hashes: copy.hashes, previous: None })))
}

/// A manifest on the drive, if it is not encrypted and can be relied on, with the SHA-256 of all of it.
pub(crate) async fn read(
    run: &Run<'_>,
    name: &ManifestName,
    file: &DriveFile,
) -> Result<Option<(Manifest, Sum)>, Failure> {
    if name.is_sealed {
        return Ok(None);
    }
    let Some(bytes) = fetched(run, file, Manifest::MAX_BYTES).await? else { return Ok(None) };
    let manifest = Manifest::read(&bytes).ok();
    let manifest = manifest.filter(|manifest| (manifest.id, manifest.account) == (name.id, name.set));
    Ok(manifest.map(|manifest| (manifest, Sum::of(&bytes))))
}

/// All bytes of a file on the drive, unless it is larger than it may be or is gone.
pub(crate) async fn fetched(run: &Run<'_>, file: &DriveFile, most: u64) -> Result<Option<Vec<u8>>, Failure> {
    /// What is read at once.
    const READ_BYTES: u64 = 8 << 20;
    if file.size_bytes > most {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < file.size_bytes {
        run.goes_on().await?;
        let from = bytes.len() as u64;
        let piece = match run.drive.read(file, from, READ_BYTES.min(file.size_bytes - from)).await {
            Ok(piece) => piece,
            Err(error) if error.class == DriveErrorClass::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if piece.is_empty() {
            return Ok(None);
        }
        run.bytes(piece.len() as u64);
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(bytes))
}
