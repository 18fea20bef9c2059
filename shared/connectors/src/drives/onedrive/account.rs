//! Whose drive it is.

use serde::Deserialize;

use super::item::unread;
use super::{Item, OneDrive};
use crate::drives::{DriveAccount, DriveError, DriveErrorClass};

#[derive(Deserialize)]
struct DriveWire {
    id: String,
    owner: Option<Owner>,
    quota: Option<Quota>,
}

#[derive(Deserialize)]
struct Owner {
    user: Option<Person>,
}

#[derive(Deserialize)]
struct Quota {
    #[serde(default)]
    used: u64,
    total: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Person {
    email: Option<String>,
    mail: Option<String>,
    user_principal_name: Option<String>,
    display_name: Option<String>,
}

impl Person {
    /// Their address, or their name.
    fn label(self) -> Option<String> {
        let said = [self.email, self.mail, self.user_principal_name, self.display_name];
        said.into_iter().flatten().find(|text| !text.trim().is_empty())
    }
}

impl OneDrive {
    pub(super) async fn owner(&self) -> Result<DriveAccount, DriveError> {
        let (id, owner, quota) = self.drive().await?;
        let label = match self.get(&self.config.below(&["me"])?).await {
            Ok(answer) => {
                serde_json::from_slice::<Person>(&answer.body).map_err(|_| unread(&answer))?.label()
            }
            // Who may not ask for the person has the name on the drive.
            Err(error) if error.class == DriveErrorClass::NeedsConsent && error.status.is_some() => None,
            Err(error) => return Err(error),
        };
        let (used_bytes, total_bytes) = quota.map_or((0, None), |quota| (quota.used, quota.total));
        let label = label.or(owner.label()).unwrap_or_default();
        // Business drives without a limit say so by zero.
        Ok(DriveAccount { id, label, used_bytes, total_bytes: total_bytes.filter(|total| *total > 0) })
    }

    /// The drive's id, its owner, and its room. Some drives are not shown to who may see our folder alone, and are known by that.
    async fn drive(&self) -> Result<(String, Person, Option<Quota>), DriveError> {
        let mut url = self.config.below(&["me", "drive"])?;
        url.query_pairs_mut().append_pair("$select", "id,owner,quota");
        match self.get(&url).await {
            Ok(answer) => {
                let wire: DriveWire = serde_json::from_slice(&answer.body).map_err(|_| unread(&answer))?;
                let person = wire.owner.and_then(|owner| owner.user).unwrap_or_default();
                Ok((wire.id, person, wire.quota))
            }
            Err(error) if error.status == Some(403) => {
                let root = self.look(self.config.place(&[], None)?).await?;
                let id = root.as_ref().and_then(Item::drive).ok_or(error)?;
                Ok((id.to_owned(), Person::default(), None))
            }
            Err(error) => Err(error),
        }
    }
}
