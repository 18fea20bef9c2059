//! What has changed. Google tells of files and of folders by their ids, and of a folder says nothing of what is in it: the cursor knows where the
//! folders were.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::GoogleDrive;
use super::error::page_error;
use super::find::in_any;
use super::folders::is_below;
use super::wire::{Change, ChangeList, FILE_FIELDS, FOLDER, StartPageToken};
use crate::drives::{DriveChange, DriveChanges, DriveError, DriveErrorClass};

/// Where somebody is in the changes.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    /// Where the feed goes on.
    feed: String,
    /// Where the list of what was there at first goes on; the list is over if there is nothing.
    list: Option<String>,
    /// The paths of the folders by their ids, as far as they are told.
    folders: BTreeMap<String, String>,
}

impl Cursor {
    fn with(self, changes: Vec<DriveChange>, has_more: bool) -> Result<DriveChanges, DriveError> {
        let cursor = serde_json::to_string(&self).map_err(|_| DriveError::of(DriveErrorClass::Reset))?;
        Ok(DriveChanges { changes, cursor, has_more })
    }
}

impl GoogleDrive {
    /// See [`Drive::changes`](crate::drives::Drive::changes).
    pub(super) async fn changed(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError> {
        let Some(cursor) = cursor else {
            // Before the list: what changes while it is read is told afterwards.
            let start: StartPageToken = self.json(self.get("/changes/startPageToken", &[])?).await?;
            return self.listed(start.start_page_token, None).await;
        };
        let cursor: Cursor =
            serde_json::from_str(cursor).map_err(|_| DriveError::of(DriveErrorClass::Reset))?;
        match cursor.list {
            Some(page) => self.listed(cursor.feed, Some(&page)).await,
            None => self.fed(cursor).await,
        }
    }

    /// A page of what is there at first.
    async fn listed(&self, feed: String, page: Option<&str>) -> Result<DriveChanges, DriveError> {
        let page = self.page("", page).await?;
        let folders = self.tree().await?.paths().clone();
        let has_more = page.next.is_some();
        let changes = page.files.into_iter().map(DriveChange::File).collect();
        Cursor { feed, list: page.next, folders }.with(changes, has_more)
    }

    /// A page of the feed.
    async fn fed(&self, cursor: Cursor) -> Result<DriveChanges, DriveError> {
        let fields = format!("nextPageToken,newStartPageToken,changes(fileId,removed,file({FILE_FIELDS}))");
        let asked = [
            ("pageToken", cursor.feed.as_str()),
            ("pageSize", "1000"),
            ("spaces", "drive"),
            ("includeRemoved", "true"),
            ("fields", &fields),
        ];
        let answer: ChangeList = self.json(self.get("/changes", &asked)?).await.map_err(page_error)?;
        let has_more = answer.next_page_token.is_some();
        let feed = answer.next_page_token.or(answer.new_start_page_token);
        let feed = feed.ok_or(DriveError::of(DriveErrorClass::Reset))?;
        if answer.changes.is_empty() {
            return Cursor { feed, ..cursor }.with(Vec::new(), has_more);
        }
        let folders = self.tree_now().await?.paths().clone();
        let mut changes = self.moved(&cursor.folders, &folders).await?;
        for change in answer.changes {
            let is_folder = |id: &String| cursor.folders.contains_key(id) || folders.contains_key(id);
            if !change.file_id.as_ref().is_none_or(is_folder) {
                changes.extend(self.one(change).await?);
            }
        }
        Cursor { feed, list: None, folders }.with(changes, has_more)
    }

    /// What has become of one file. What happens outside our folder looks as if it were gone, and folders there are nothing.
    async fn one(&self, change: Change) -> Result<Option<DriveChange>, DriveError> {
        let gone = DriveChange::Gone { id: change.file_id, path: None };
        let Some(file) = change.file.filter(|file| !change.removed && !file.trashed) else {
            return Ok(Some(gone));
        };
        if file.mime_type == FOLDER {
            return Ok(None);
        }
        let placed = self.placed(vec![file]).await?.pop();
        Ok(Some(placed.map_or(gone, DriveChange::File)))
    }

    /// Folders that are gone or elsewhere take along what is in them, and those that have come bring it.
    async fn moved(
        &self,
        before: &BTreeMap<String, String>,
        now: &BTreeMap<String, String>,
    ) -> Result<Vec<DriveChange>, DriveError> {
        let left: Vec<(&String, &String)> =
            before.iter().filter(|(id, path)| now.get(*id) != Some(path)).collect();
        let is_told = |path: &str| !left.iter().any(|(_, left)| is_below(path, left));
        let come: Vec<&str> = now
            .iter()
            .filter(|(id, path)| before.get(*id) != Some(path) || !is_told(path))
            .map(|(id, _)| id.as_str())
            .collect();
        let mut changes: Vec<DriveChange> = left
            .iter()
            .map(|(id, path)| DriveChange::Gone { id: Some((*id).clone()), path: Some((*path).clone()) })
            .collect();
        for ids in come.chunks(20) {
            let files = self.search_all(&format!("{} and trashed = false", in_any(ids))).await?;
            changes.extend(self.placed(files).await?.into_iter().map(DriveChange::File));
        }
        Ok(changes)
    }
}
