//! What is in a folder and below it. Microsoft lists one folder at a time: a page says which are still to be listed.

use serde::{Deserialize, Serialize};
use url::Url;

use super::OneDrive;
use super::item::{FIELDS, Page};
use super::names::names;
use crate::drives::{DriveError, DriveErrorClass, DriveFile, DrivePage};

/// How many items are asked for at a time.
const TOP: &str = "200";

/// Where a list goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    /// The folder that is being listed, by its path,
    folder: String,
    /// where it goes on, if it has begun,
    link: Option<String>,
    /// and those that are still to be listed.
    then: Vec<String>,
}

impl OneDrive {
    pub(super) async fn listed(&self, folder: &str, page: Option<&str>) -> Result<DrivePage, DriveError> {
        let reset = DriveError::of(DriveErrorClass::Reset);
        let mut place = match page {
            Some(page) => serde_json::from_str(page).map_err(|_| reset)?,
            None => {
                let folder = if folder.is_empty() { String::new() } else { names(folder)?.join("/") };
                Place { folder, link: None, then: Vec::new() }
            }
        };
        let (files, folders, link) = self.page(&place.folder, place.link.as_deref()).await?;
        place.then.extend(folders);
        let next = match link {
            Some(link) => Some(Place { link: Some(link), ..place }),
            None => place.then.pop().map(|folder| Place { folder, link: None, then: place.then }),
        };
        let next = next.map(|place| serde_json::to_string(&place)).transpose();
        Ok(DrivePage { files, next: next.map_err(|_| DriveError::of(DriveErrorClass::Refused))? })
    }

    /// Everything below a folder.
    pub(super) async fn all(&self, folder: &str) -> Result<Vec<DriveFile>, DriveError> {
        let mut page = self.listed(folder, None).await?;
        let mut files = std::mem::take(&mut page.files);
        while let Some(next) = page.next {
            page = self.listed(folder, Some(&next)).await?;
            files.append(&mut page.files);
        }
        Ok(files)
    }

    /// A page of a folder: its files, the paths of the folders in it, and where it goes on. One that is not there is empty.
    async fn page(
        &self,
        folder: &str,
        link: Option<&str>,
    ) -> Result<(Vec<DriveFile>, Vec<String>, Option<String>), DriveError> {
        let url = match link {
            Some(link) => self.config.link(link)?,
            None => self.children(folder)?,
        };
        let page = match self.get(&url).await {
            Ok(answer) => Page::read(&answer)?,
            Err(error) if error.class == DriveErrorClass::NotFound => return Ok(Default::default()),
            // An address that was given away is refused: it is too old.
            Err(error) if link.is_some() && error.status == Some(400) => {
                return Err(DriveError { class: DriveErrorClass::Reset, ..error });
            }
            Err(error) => return Err(error),
        };
        let path = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for item in page.items {
            if item.is_file() {
                files.push(item.file(path(&item.name)));
            } else if item.is_folder() {
                folders.push(path(&item.name));
            }
        }
        Ok((files, folders, page.next))
    }

    fn children(&self, folder: &str) -> Result<Url, DriveError> {
        let names: Vec<String> =
            folder.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let mut url = self.config.place(&names, Some("children"))?;
        url.query_pairs_mut().append_pair("$top", TOP).append_pair("$select", FIELDS);
        Ok(url)
    }
}
