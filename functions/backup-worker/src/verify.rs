//! Verifying: everything that a backup refers to is read and compared with its manifest. Of an encrypted one it is seen that its bytes are those
//! that were sent; with the passphrase, that they can be opened.

use app_backup::layout::ManifestName;
use app_backup::{
    Fault, FileCheck, FileEntry, Identity, Manifest, Opener, PackEntry, Passphrase, Sum, check_pack,
};
use app_connectors::drives::{Drive, DriveErrorClass, DriveFile};
use app_domain::BackupId;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::failure::Failure;
use crate::kept::work_key;
use crate::push::{copy, fetched};
use crate::run::Run;
use crate::sync::Outcome;

/// The most that are named of what is wrong.
const NAMED: usize = 100;
/// How much of a file is read at once.
const READ_BYTES: u64 = 8 << 20;
/// The most bytes of a pack: that of a record or a small file behind the largest that a pack may have before it.
const PACK_BYTES: u64 = 64 << 20;

/// How far it is.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Seen {
    /// How many packs, then files, were read.
    entries: usize,
    /// The file that is read.
    file: Option<FileCheck>,
    bytes: u64,
    wrong_count: u64,
    wrong: Vec<Wrong>,
}

/// Something that is wrong.
#[derive(Serialize, Deserialize)]
struct Wrong {
    path: String,
    fault: String,
}

/// A backup that is verified.
struct Verifying<'a> {
    run: &'a Run<'a>,
    manifest: Manifest,
    opener: Opener,
    /// Whether what is encrypted can be opened.
    is_open: bool,
    seen: Seen,
}

/// Reads a backup and compares it with its checksums.
///
/// # Errors
/// See [`Failure`].
pub(crate) async fn run(run: &Run<'_>, backup: BackupId, path: &str) -> Result<Outcome, Failure> {
    let opener = opener(run)?;
    let is_sealed = ManifestName::parse(path).is_some_and(|name| name.is_sealed);
    let is_open = opener.is_some() || !is_sealed;
    let opener = opener.unwrap_or_default();
    let key = work_key(run.job, "manifest");
    let kept = run.kept.get(&key).await?.and_then(|kept| Manifest::read(&kept).ok());
    let found = match kept {
        Some(kept) => Ok(kept),
        None => manifest(run, backup, path, &opener, is_open).await?,
    };
    let manifest = match found {
        Ok(manifest) => manifest,
        Err(fault) => {
            let wrong = [Wrong { path: path.to_owned(), fault: fault.to_string() }];
            let outcome = Outcome::of(json!({"isRight": false, "wrongCount": 1, "wrong": wrong}));
            return Ok(outcome.but("The backup's list of contents is missing or was changed."));
        }
    };
    // So that each attempt comes further, however often the provider refuses.
    run.kept.put(&key, &manifest.to_bytes()?).await?;
    let seen = run.kept.get_json(&work_key(run.job, "verified")).await?.unwrap_or_default();
    let mut verifying = Verifying { run, manifest, opener, is_open, seen };
    verifying.read().await?;
    let Verifying { manifest, seen, .. } = verifying;
    let is_right = seen.wrong_count == 0;
    if is_right {
        let now = run.goes_on().await?;
        run.worker.backups.verified(run.owner(), run.provider(), backup, now).await?;
    }
    let outcome = Outcome::of(json!({
        "isRight": is_right,
        "isOpened": is_open,
        "packs": manifest.packs.len(),
        "files": manifest.files.len(),
        "bytes": seen.bytes,
        "wrongCount": seen.wrong_count,
        "wrong": seen.wrong,
    }));
    Ok(match is_right {
        true => outcome,
        false => outcome.but("Some of the backup is missing or was changed. A new backup sends it again."),
    })
}

/// What opens encrypted backups, if the job has the passphrase.
fn opener(run: &Run<'_>) -> Result<Option<Opener>, Failure> {
    let (Some(passphrase), Some(key)) = (&run.job.passphrase, &run.connection.key_file) else {
        return Ok(None);
    };
    let wrong = |_| Failure::Told("The passphrase is not the one of this drive's key.".to_owned());
    let passphrase = Passphrase::parse(passphrase).map_err(wrong)?;
    let wrong = |_| Failure::Told("The passphrase is not the one of this drive's key.".to_owned());
    let identity = Identity::unlock(key, &passphrase).map_err(wrong)?;
    Ok(Some(Opener::new(Some(identity))))
}

/// The manifest on the drive; of one that cannot be opened, our copy, if it is the same. Or what is wrong with it.
async fn manifest(
    run: &Run<'_>,
    backup: BackupId,
    path: &str,
    opener: &Opener,
    is_open: bool,
) -> Result<Result<Manifest, Fault>, Failure> {
    run.goes_on().await?;
    let Some(file) = run.drive.find(path).await? else { return Ok(Err(Fault::Missing)) };
    let Some(stored) = fetched(run, &file, Manifest::MAX_BYTES).await? else {
        return Ok(Err(Fault::Missing));
    };
    let unreadable = |error: &dyn std::error::Error| Fault::Unreadable(error.to_string());
    if !is_open {
        let Some(copy) = copy(run, backup).await? else {
            return Err(Failure::Told("The backup is encrypted: its passphrase is needed.".to_owned()));
        };
        if Sum::of(&stored) != copy.sha256 {
            return Ok(Err(Fault::Changed));
        }
        return Ok(copy.manifest().ok_or_else(|| Fault::Unreadable("its copy".to_owned())));
    }
    let plain = match opener.open(stored, path.ends_with(app_backup::layout::SEALED)) {
        Ok(plain) => plain,
        Err(error) => return Ok(Err(unreadable(&error))),
    };
    Ok(Manifest::read(&plain).map_err(|error| unreadable(&error)))
}

impl Verifying<'_> {
    async fn read(&mut self) -> Result<(), Failure> {
        let (packs, files) = (self.manifest.packs.clone(), self.manifest.files.clone());
        let total = (packs.len() + files.len()) as u64;
        for pack in packs.iter().skip(self.seen.entries) {
            let fault = self.pack(pack).await?;
            self.next(&pack.path, fault, total).await?;
        }
        for file in files.iter().skip(self.seen.entries.saturating_sub(packs.len())) {
            let fault = self.file(file).await?;
            self.next(&file.path, fault, total).await?;
        }
        Ok(())
    }

    async fn pack(&mut self, entry: &PackEntry) -> Result<Option<Fault>, Failure> {
        let Some(file) = self.found(&entry.path).await? else { return Ok(Some(Fault::Missing)) };
        if file.size_bytes != entry.size {
            return Ok(Some(Fault::Size { found: file.size_bytes, expected: entry.size }));
        }
        let Some(stored) = fetched(self.run, &file, PACK_BYTES).await? else {
            return Ok(Some(Fault::Missing));
        };
        self.seen.bytes += stored.len() as u64;
        if !self.is_open {
            return Ok((Sum::of(&stored) != entry.sha256).then_some(Fault::Changed));
        }
        Ok(check_pack(entry, self.manifest.format, stored, &self.opener).err())
    }

    /// By pieces: it may be larger than what there is time for.
    async fn file(&mut self, entry: &FileEntry) -> Result<Option<Fault>, Failure> {
        let Some(file) = self.found(&entry.path).await? else { return Ok(Some(Fault::Missing)) };
        let mut check = self.seen.file.take().unwrap_or_default();
        while check.bytes() < entry.size.min(file.size_bytes) {
            if let Err(failure) = self.run.goes_on().await {
                self.seen.file = Some(check);
                self.save().await?;
                return Err(failure);
            }
            let count = READ_BYTES.min(entry.size - check.bytes());
            let piece = match self.run.drive.read(&file, check.bytes(), count).await {
                Ok(piece) => piece,
                Err(error) if error.class == DriveErrorClass::NotFound => return Ok(Some(Fault::Missing)),
                Err(error) => return Err(error.into()),
            };
            if piece.is_empty() {
                break;
            }
            self.run.bytes(piece.len() as u64);
            self.seen.bytes += piece.len() as u64;
            check.update(&piece);
        }
        Ok(match file.size_bytes == entry.size {
            true => check.is_stored(entry).err(),
            false => Some(Fault::Size { found: file.size_bytes, expected: entry.size }),
        })
    }

    async fn found(&self, path: &str) -> Result<Option<DriveFile>, Failure> {
        self.run.goes_on().await?;
        Ok(self.run.drive.find(path).await?)
    }

    /// Notes what was read, and what is wrong with it.
    async fn next(&mut self, path: &str, fault: Option<Fault>, total: u64) -> Result<(), Failure> {
        self.seen.entries += 1;
        if let Some(fault) = fault {
            self.seen.wrong_count += 1;
            if self.seen.wrong.len() < NAMED {
                self.seen.wrong.push(Wrong { path: path.to_owned(), fault: fault.to_string() });
            }
        }
        self.run.items(self.seen.entries as u64, total);
        self.save().await
    }

    async fn save(&self) -> Result<(), Failure> {
        self.run.kept.put_json(&work_key(self.run.job, "verified"), &self.seen).await
    }
}
