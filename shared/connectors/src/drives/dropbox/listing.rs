//! What is there, and what changes: both are pages behind a cursor.

use serde_json::json;

use super::super::{DriveChange, DriveChanges, DriveError, DriveErrorClass, DriveFile, DrivePage};
use super::Dropbox;
use super::arguments::full;
use super::call::{Told, read};
use super::metadata::{Entries, Metadata};

/// The most that Dropbox tells at a time.
const PAGE: u64 = 2000;

impl Dropbox {
    pub(super) async fn page(&self, folder: &str, page: Option<&str>) -> Result<DrivePage, DriveError> {
        let told = match page {
            Some(cursor) => self.go_on(cursor).await?,
            None => self.list_folder(folder).await?,
        };
        let entries: Entries = match told {
            Ok(answer) => read(&answer)?,
            Err(refusal) if refusal.is_nothing_there() => return Ok(DrivePage::default()),
            Err(refusal) => return Err(refusal.error()),
        };
        let next = entries.has_more.then_some(entries.cursor);
        // While its pages are read, a file can be told of once more, or be gone.
        let mut files: Vec<DriveFile> = Vec::new();
        for change in entries.entries.into_iter().filter_map(Metadata::change) {
            match change {
                DriveChange::File(file) => {
                    files.retain(|known| known.id != file.id);
                    files.push(file);
                }
                DriveChange::Gone { path, .. } => files.retain(|known| Some(&known.path) != path.as_ref()),
            }
        }
        Ok(DrivePage { files, next })
    }

    pub(super) async fn changed(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError> {
        let told = match cursor {
            Some(cursor) => self.go_on(cursor).await?,
            // Its cursor goes on with what happens from now on, once all that is there is told.
            None => self.list_folder("").await?,
        };
        let entries: Entries = read(&told.map_err(|refusal| refusal.error())?)?;
        let changes = entries.entries.into_iter().filter_map(Metadata::change).collect();
        Ok(DriveChanges { changes, cursor: entries.cursor, has_more: entries.has_more })
    }

    async fn list_folder(&self, folder: &str) -> Result<Told, DriveError> {
        let arg = json!({ "path": full(folder), "recursive": true, "include_deleted": false, "limit": PAGE });
        self.rpc("files/list_folder", Some(&arg)).await
    }

    async fn go_on(&self, cursor: &str) -> Result<Told, DriveError> {
        let arg = json!({ "cursor": cursor });
        let told = self.rpc("files/list_folder/continue", Some(&arg)).await;
        // Nothing else than the cursor can be wrong with it.
        told.map_err(|error| match error.status {
            Some(400) => DriveError { class: DriveErrorClass::Reset, ..error },
            _ => error,
        })
    }
}
