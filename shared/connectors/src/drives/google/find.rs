//! Files by their paths: found, listed, read, removed.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::RANGE;

use super::GoogleDrive;
use super::api::{checked, quoted};
use super::error::page_error;
use super::folders::{Tree, is_below};
use super::wire::{FOLDER, File};
use crate::drives::{DriveError, DriveErrorClass, DriveFile, DrivePage};

/// How many folders are named in a search. If there are more, everything is searched.
const MAX_FOLDERS: usize = 40;
/// The most that is read at a time.
const MAX_READ_BYTES: u64 = 32 << 20;

/// Folder and name of a path. Google takes any name; control characters are no part of ours.
pub(super) fn parted(path: &str) -> Result<(String, String), DriveError> {
    let is_name = |name: &str| !matches!(name, "" | "." | "..");
    if !path.split('/').all(is_name) {
        return Err(DriveError::of(DriveErrorClass::Refused));
    }
    let path = path.replace(char::is_control, "_");
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    Ok((folder.to_owned(), name.to_owned()))
}

/// A path of a folder and a name.
pub(super) fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// What is in one of these folders.
pub(super) fn in_any(folders: &[&str]) -> String {
    let each: Vec<String> = folders.iter().map(|id| format!("{} in parents", quoted(id))).collect();
    format!("({})", each.join(" or "))
}

impl GoogleDrive {
    /// The files of a path, from the oldest on. Folders that have come or gone since they were read are read again.
    pub(super) async fn all_at(&self, folder: &str, name: &str) -> Result<Vec<File>, DriveError> {
        let tree = self.tree().await?;
        let found = self.named(&tree, folder, name).await?;
        if !found.is_empty() || tree.is_fresh() {
            return Ok(found);
        }
        let now = self.tree_now().await?;
        if now.ids(folder) == tree.ids(folder) {
            return Ok(found);
        }
        self.named(&now, folder, name).await
    }

    async fn named(&self, tree: &Tree, folder: &str, name: &str) -> Result<Vec<File>, DriveError> {
        let folders = tree.ids(folder);
        if folders.is_empty() {
            return Ok(Vec::new());
        }
        let query = format!("name = {} and {} and trashed = false", quoted(name), in_any(&folders));
        let mut found = match self.search_all(&query).await {
            // One of the folders is gone.
            Err(error) if error.class == DriveErrorClass::NotFound => {
                self.folders.forget();
                return Ok(Vec::new());
            }
            found => found?,
        };
        found.retain(|file| file.has_bytes() && file.name == name);
        found.sort_by(|one, other| one.age().cmp(&other.age()));
        Ok(found)
    }

    /// The file of a path: of several the oldest.
    pub(super) async fn at(&self, folder: &str, name: &str) -> Result<Option<DriveFile>, DriveError> {
        let oldest = self.all_at(folder, name).await?.into_iter().next();
        Ok(oldest.map(|file| file.at(joined(folder, name))))
    }

    /// A page of a folder and of all below it. What says where it goes on holds what was asked, which must stay the same.
    pub(super) async fn page(&self, folder: &str, page: Option<&str>) -> Result<DrivePage, DriveError> {
        let (asked, token) = match page {
            Some(page) => {
                let (asked, token) = page.split_once(':').ok_or(DriveError::of(DriveErrorClass::Reset))?;
                (asked.to_owned(), Some(token))
            }
            None => {
                let tree = self.tree_now().await?;
                let folders = tree.below(folder);
                if folders.is_empty() {
                    return Ok(DrivePage::default());
                }
                let is_all = folder.is_empty() || folders.len() > MAX_FOLDERS;
                (if is_all { String::new() } else { folders.join(",") }, None)
            }
        };
        let mut query = format!("mimeType != {} and trashed = false", quoted(FOLDER));
        if !asked.is_empty() {
            query = format!("{} and {query}", in_any(&asked.split(',').collect::<Vec<_>>()));
        }
        let answer = self.search(&query, token).await.map_err(page_error)?;
        let files = self.placed(answer.files).await?;
        let files = files.into_iter().filter(|file| is_below(&file.path, folder)).collect();
        Ok(DrivePage { files, next: answer.next_page_token.map(|token| format!("{asked}:{token}")) })
    }

    /// Those of some files that are in our folder, with their paths.
    pub(super) async fn placed(&self, files: Vec<File>) -> Result<Vec<DriveFile>, DriveError> {
        let mut tree = self.tree().await?;
        let is_known =
            |file: &File| file.parents.first().is_none_or(|parent| tree.paths().contains_key(parent));
        if !files.iter().all(is_known) && !tree.is_fresh() {
            tree = self.tree_now().await?;
        }
        let files = files.into_iter().filter(File::has_bytes);
        Ok(files
            .filter_map(|file| Some((tree.path_of(&file)?, file)))
            .map(|(path, file)| file.at(path))
            .collect())
    }

    /// See [`Drive::read`](crate::drives::Drive::read).
    pub(super) async fn bytes(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError> {
        let count = count.min(MAX_READ_BYTES);
        if count == 0 {
            return Ok(Bytes::new());
        }
        let request = self.get(&format!("/files/{}", checked(&file.id)?), &[("alt", "media")])?;
        let last = from.saturating_add(count - 1);
        let request = request.header(RANGE, format!("bytes={from}-{last}"));
        let is_meant =
            |status: StatusCode| status.is_success() || status == StatusCode::RANGE_NOT_SATISFIABLE;
        let answer = self.answer(request, is_meant).await?;
        let limit = |bytes: Bytes, from: u64| {
            let from = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
            let count = usize::try_from(count).unwrap_or(usize::MAX).min(bytes.len() - from);
            bytes.slice(from..from + count)
        };
        Ok(match answer.status {
            StatusCode::RANGE_NOT_SATISFIABLE => Bytes::new(),
            StatusCode::PARTIAL_CONTENT => limit(answer.body, 0),
            // All of it, whatever was asked for.
            _ => limit(answer.body, from),
        })
    }
}
