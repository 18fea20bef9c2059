//! What is in a bucket.

use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::HEXLOWER;

use super::error::failed;
use super::{S3Drive, time};
use crate::drives::http::patiently;
use crate::drives::{DriveChange, DriveChanges, DriveError, DriveErrorClass, DriveFile, DrivePage};

/// The most objects that are compared, and the most pages that tell of them.
const MOST: usize = 500_000;
const MOST_PAGES: usize = 2_000;

impl S3Drive {
    /// A page of what is in a folder and below it.
    pub(super) async fn page(&self, folder: &str, page: Option<&str>) -> Result<DrivePage, DriveError> {
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let prefix = self.key(&folder);
        let list = || async {
            let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(&prefix);
            list.set_continuation_token(page.map(str::to_owned)).send().await.map_err(failed)
        };
        let answer = patiently(list).await.map_err(|error| match (error.class, page) {
            // A continuation that it does not know.
            (DriveErrorClass::Refused, Some(_)) => DriveError { class: DriveErrorClass::Reset, ..error },
            _ => error,
        })?;
        let next = answer.next_continuation_token.filter(|_| answer.is_truncated == Some(true));
        let files = answer.contents.unwrap_or_default().into_iter().filter_map(|object| {
            let path = object.key?.strip_prefix(&self.prefix)?.to_owned();
            // Some programs mark folders by empty objects.
            let is_file = !path.is_empty() && !path.ends_with('/');
            is_file.then_some(DriveFile {
                id: path.clone(),
                path,
                size_bytes: object.size?.try_into().ok()?,
                hash: None,
                revision: object.e_tag?,
                modified_at: time(object.last_modified),
            })
        });
        Ok(DrivePage { files: files.collect(), next })
    }

    /// All that is in a folder and below it, by path. More than [`MOST`] is no folder for our files alone, or a list that does not end.
    pub(super) async fn all(&self, folder: &str) -> Result<Vec<DriveFile>, DriveError> {
        let mut all = self.page(folder, None).await?;
        let mut pages = 1;
        while let Some(next) = all.next.take() {
            let more = self.page(folder, Some(&next)).await?;
            all.files.extend(more.files);
            all.next = more.next;
            pages += 1;
            if all.files.len() > MOST || pages > MOST_PAGES {
                let code = Some("TooManyObjects".to_owned());
                return Err(DriveError { code, ..DriveError::of(DriveErrorClass::Refused) });
            }
        }
        all.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(all.files)
    }

    /// What is there, if it is not what a cursor was given for.
    pub(super) async fn compared(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError> {
        let files = self.all("").await?;
        let now = cursor_of(&files);
        match cursor {
            None => {
                let changes = files.into_iter().map(DriveChange::File).collect();
                Ok(DriveChanges { changes, cursor: now, has_more: false })
            }
            Some(before) if before == now => {
                Ok(DriveChanges { changes: Vec::new(), cursor: now, has_more: false })
            }
            Some(_) => Err(DriveError::of(DriveErrorClass::Reset)),
        }
    }
}

/// A hash of the files that are there, each with its revision.
fn cursor_of(files: &[DriveFile]) -> String {
    let mut hash = Context::new(&SHA256);
    for file in files {
        for text in [&file.path, &file.revision] {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
    }
    HEXLOWER.encode(hash.finish().as_ref())
}
