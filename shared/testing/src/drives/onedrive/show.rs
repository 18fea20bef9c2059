//! Items as the API shows them.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::state::{Download, Site, State};
use super::tree::{ABOVE, APP_NAME, Item};

/// The account's only drive.
pub(super) const DRIVE: &str = "9F2C8D11A70B3E54";
/// How long a file can be fetched from an address.
const DOWNLOAD_LIFE: Duration = Duration::from_secs(60 * 60);
const DOWNLOAD: &str = "@microsoft.graph.downloadUrl";

impl State {
    /// An item with the fields that are selected, all of them if nothing is said.
    pub(super) fn shown(&mut self, site: &Site, number: u64, select: Option<&str>) -> Value {
        let Some(item) = self.tree.get(number).cloned() else { return Value::Null };
        let mut value = self.described(&item);
        let folders =
            item.parent.and_then(|parent| self.tree.get(parent)).map(|parent| self.tree.path(parent));
        if let Some(folders) = folders {
            let path = format!("/drive/root:/Apps/{APP_NAME}/{folders}");
            value["parentReference"]["path"] = json!(path.trim_end_matches('/'));
        }
        let is_linked = select.is_none_or(|select| select.contains("downloadUrl"));
        if item.content.is_some() && is_linked {
            value[DOWNLOAD] = json!(self.download_url(site, number));
        }
        selected(value, select)
    }

    /// An item without what depends on where it is.
    pub(super) fn described(&self, item: &Item) -> Value {
        let parent = item.parent.and_then(|parent| self.tree.get(parent)).map_or(ABOVE.to_owned(), Item::id);
        let mut value = json!({
            "id": item.id(), "name": item.name, "eTag": item.etag(), "cTag": item.ctag(),
            "createdDateTime": item.made_at, "lastModifiedDateTime": item.changed_at,
            "fileSystemInfo": { "createdDateTime": item.made_at, "lastModifiedDateTime": item.changed_at },
            "parentReference": { "driveId": DRIVE, "driveType": "personal", "id": parent },
            "webUrl": format!("https://onedrive.live.com?cid={DRIVE}&id={}", item.id()),
        });
        if let Some(content) = &item.content {
            value["size"] = json!(content.bytes.len());
            value["file"] = json!({
                "mimeType": "application/octet-stream",
                "hashes": { "quickXorHash": content.hash },
            });
        } else {
            value["size"] = json!(0);
            value["folder"] = json!({ "childCount": self.tree.children(item.number).count() });
            if item.parent.is_none() {
                value["specialFolder"] = json!({ "name": "approot" });
            }
        }
        value
    }

    /// An address from which a file can be fetched for an hour by whoever has it.
    pub(super) fn download_url(&mut self, site: &Site, number: u64) -> String {
        let (key, until) = (Uuid::new_v4().simple().to_string(), self.now().plus(DOWNLOAD_LIFE));
        self.downloads.insert(key.clone(), Download { item: number, until });
        format!("{}/dl/{key}?tempauth=v1.eyJzaXRlaWQ", site.bytes_origin)
    }
}

/// The fields of `$select`; what begins with `@` and is not selected is left out too.
pub(super) fn selected(mut value: Value, select: Option<&str>) -> Value {
    if let (Some(fields), Some(select)) = (value.as_object_mut(), select) {
        let select: Vec<&str> = select.split(',').map(str::trim).collect();
        fields.retain(|name, _| {
            select.contains(&name.as_str()) || (name == DOWNLOAD && select.contains(&"content.downloadUrl"))
        });
    }
    value
}
