//! What a backup on the drive holds, as whoever has the folder alone can tell.

use std::collections::BTreeMap;

use app_archive::Record;
use app_backup::{Manifest, Opener, Sum};
use app_domain::{DriveJobStatus, DriveWork};
use app_testing::drives::PlayedDrive;
use serde_json::Value;

use crate::stage::{PROVIDER, Stage};

/// Everything in a backup.
#[derive(Debug, PartialEq)]
pub(crate) struct Opened {
    pub(crate) records: Vec<Record>,
    /// The bytes of files, by id.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Stage {
    /// The newest manifest on the drive.
    pub(crate) fn manifest(&self) -> Manifest {
        let files = self.dropbox.files();
        let newest = files.iter().rfind(|(path, _)| path.starts_with("backups/"));
        Manifest::read(newest.unwrap().1).unwrap()
    }

    /// What the newest backup on the drive holds; every byte is checked.
    pub(crate) fn opened(&self) -> Opened {
        self.opened_of(&self.manifest())
    }

    pub(crate) fn opened_of(&self, manifest: &Manifest) -> Opened {
        let (there, opener) = (self.dropbox.files(), Opener::default());
        let (mut records, mut files) = (Vec::new(), BTreeMap::new());
        for entry in &manifest.packs {
            let stored = there.get(&entry.path).unwrap_or_else(|| panic!("{} is missing", entry.path));
            let pack = opener.pack(entry, manifest.format, stored.clone()).unwrap();
            records.extend(pack.records);
            files.extend(pack.files.into_iter().map(|file| (file.id.to_string(), file.bytes)));
        }
        for entry in &manifest.files {
            let stored = there.get(&entry.path).unwrap_or_else(|| panic!("{} is missing", entry.path));
            assert_eq!(Sum::of(stored), entry.content);
            files.insert(entry.id.to_string(), stored.clone());
        }
        Opened { records, files }
    }

    /// The result of verifying the newest backup, and how that ended.
    pub(crate) async fn verified(&self) -> (DriveJobStatus, Value) {
        let (backups, _) = self.worker.backups.list(self.owner, PROVIDER, None, 1).await.unwrap();
        let work = DriveWork::Verify { backup: backups[0].id, path: backups[0].path.clone() };
        let job = self.asked(work).await;
        let job = self.worked_off(&job).await;
        self.is_clean(&job);
        (job.status, job.result.unwrap())
    }
}
