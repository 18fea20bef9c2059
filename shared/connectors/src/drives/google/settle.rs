//! What is done once bytes have arrived: they are compared, and the file is the only one of its path.

use std::time::Duration;

use super::GoogleDrive;
use super::find::joined;
use super::wire::File;
use crate::drives::{DriveError, DriveErrorClass, DriveFile, When};

/// How long a hash is waited for that is not known yet.
const WAITS_MS: [u64; 4] = [250, 500, 1_000, 2_000];

impl GoogleDrive {
    /// The file with its hash, if it is what was sent. One that is not, or that has come into the trash, is removed.
    pub(super) async fn settled(
        &self,
        mut file: File,
        check: impl Fn(&DriveFile) -> Result<(), DriveError>,
    ) -> Result<File, DriveError> {
        for wait in WAITS_MS {
            if file.sha256_checksum.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(wait)).await;
            file = self.look(&file.id).await?;
        }
        let checked = check(&file.clone().at(String::new()));
        let error = match checked {
            Err(error) => error,
            Ok(()) if file.trashed => DriveError::of(DriveErrorClass::NotFound),
            Ok(()) => return Ok(file),
        };
        self.delete(&file.id).await?;
        Err(error)
    }

    /// A new file as the only one of its path. Two that were made at once see each other, and the younger goes: if the older has the same
    /// bytes it is as good, else there is a conflict. Nothing if any may be replaced, and the older has to be.
    pub(super) async fn only_one(
        &self,
        folder: &str,
        name: &str,
        made: File,
        when: &When,
    ) -> Result<Option<DriveFile>, DriveError> {
        let oldest = self.all_at(folder, name).await?.into_iter().next();
        let Some(older) = oldest.filter(|oldest| oldest.id != made.id && oldest.age() < made.age()) else {
            return Ok(Some(made.at(joined(folder, name))));
        };
        self.delete(&made.id).await?;
        let is_same = older.size == made.size
            && made.sha256_checksum.is_some()
            && older.sha256_checksum == made.sha256_checksum;
        match when {
            _ if is_same => Ok(Some(older.at(joined(folder, name)))),
            When::Any => Ok(None),
            When::Absent | When::Revision(_) => Err(DriveError::of(DriveErrorClass::Conflict)),
        }
    }
}
