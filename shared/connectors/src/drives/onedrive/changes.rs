//! What has changed below our folder, by Microsoft's `delta`. Asked for the first time it goes through all that there is, and then tells what has
//! changed since it began: so nothing is missed.

use url::Url;

use super::OneDrive;
use super::cursor::{Cursor, Folders, Found};
use super::item::{FIELDS, Item, Page};
use crate::drives::{DriveChange, DriveChanges, DriveError, DriveErrorClass};

impl OneDrive {
    pub(super) async fn changed(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError> {
        let Cursor { link, is_first, mut folders } = match cursor {
            Some(cursor) => Cursor::read(cursor)?,
            None => {
                let folders = Folders::of(self.root().await?);
                Cursor { link: self.delta()?.into(), is_first: true, folders }
            }
        };
        let answer = self.get(&self.config.link(&link)?).await.map_err(|error| match error.status {
            // The folder whose changes these are has gone, or the address is of another time.
            Some(400 | 404) if cursor.is_some() => DriveError { class: DriveErrorClass::Reset, ..error },
            _ => error,
        })?;
        let page = Page::read(&answer)?;
        let moved = take_folders(&mut folders, &page.items, is_first);
        let mut changes = Vec::new();
        for item in &page.items {
            if item.is_gone() && item.id != folders.root {
                let path = folders.path(&item.id);
                folders.remove(&item.id);
                changes.push(DriveChange::Gone { id: Some(item.id.clone()), path });
            } else if item.is_file() {
                changes.push(self.located(&mut folders, item).await?);
            }
        }
        for folder in moved {
            if let Some(path) = folders.path(&folder) {
                changes.extend(self.all(&path).await?.into_iter().map(DriveChange::File));
            }
        }
        let has_more = page.next.is_some();
        let link = page.next.or(page.delta).ok_or(DriveError::of(DriveErrorClass::Transient))?;
        let cursor = Cursor { link, is_first: is_first && has_more, folders }.text()?;
        Ok(DriveChanges { changes, cursor, has_more })
    }

    fn delta(&self) -> Result<Url, DriveError> {
        let mut url = self.config.place(&[], Some("delta"))?;
        url.query_pairs_mut().append_pair("$select", FIELDS);
        Ok(url)
    }

    /// A file with its path. Folders above it that are not known are asked for. One that is in none of ours is gone.
    async fn located(&self, folders: &mut Folders, item: &Item) -> Result<DriveChange, DriveError> {
        let gone = || DriveChange::Gone { id: Some(item.id.clone()), path: None };
        let Some(parent) = item.parent() else { return Ok(gone()) };
        loop {
            let unknown = match folders.find(parent, &item.name) {
                Found::At(path) => return Ok(DriveChange::File(item.file(path))),
                Found::Nowhere => return Ok(gone()),
                Found::In(unknown) => unknown,
            };
            let asked = self.look(self.config.item(&unknown, None)?).await;
            let folder = match asked {
                Ok(folder) => folder.filter(Item::is_folder),
                // What is above our folder may not be asked for.
                Err(error) if error.status == Some(403) => None,
                Err(error) => return Err(error),
            };
            match folder.as_ref().and_then(|folder| Some((folder.parent()?, folder))) {
                Some((above, folder)) => {
                    folders.put(&unknown, above, &folder.name);
                }
                None => return Ok(gone()),
            }
        }
    }
}

/// Takes in the folders of a page, and returns those whose files have other paths now, or may have come along with them. While everything is gone
/// through, files of a new folder are still to come.
fn take_folders(folders: &mut Folders, items: &[Item], is_first: bool) -> Vec<String> {
    let mut moved = Vec::new();
    for item in items.iter().filter(|item| item.is_folder()) {
        let Some(parent) = item.parent().filter(|_| item.id != folders.root) else { continue };
        let is_moved = match folders.put(&item.id, parent, &item.name) {
            Some((before, name)) => before != parent || name != item.name,
            None => !is_first,
        };
        if is_moved && !moved.contains(&item.id) {
            moved.push(item.id.clone());
        }
    }
    moved
}
