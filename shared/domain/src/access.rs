//! Who may do what: roles, the permissions they carry, and tiers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// Read one's own memories.
    #[serde(rename = "read:memories")]
    ReadMemories,
    /// Create and change one's own memories.
    #[serde(rename = "write:memories")]
    WriteMemories,
    /// Delete one's own memories.
    #[serde(rename = "delete:memories")]
    DeleteMemories,
    /// Administer other people's accounts.
    #[serde(rename = "manage:users")]
    ManageUsers,
    /// Use Memo.
    #[serde(rename = "access:ai")]
    AccessAi,
    /// Connect WhatsApp.
    #[serde(rename = "sync:whatsapp")]
    SyncWhatsapp,
    /// Read the metrics of the service.
    #[serde(rename = "read:metrics")]
    ReadMetrics,
}

impl Permission {
    /// Its name on the wire, for example `read:memories`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadMemories => "read:memories",
            Self::WriteMemories => "write:memories",
            Self::DeleteMemories => "delete:memories",
            Self::ManageUsers => "manage:users",
            Self::AccessAi => "access:ai",
            Self::SyncWhatsapp => "sync:whatsapp",
            Self::ReadMetrics => "read:metrics",
        }
    }
}

/// By its name on the wire.
impl FromStr for Permission {
    type Err = AccessError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = Role::Admin.permissions().iter().copied();
        all.into_iter()
            .find(|permission| permission.as_str() == text)
            .ok_or_else(|| AccessError(format!("{text:?} is no permission")))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an account is; it decides the permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads and writes memories.
    User,
    /// Also deletes, uses Memo and WhatsApp.
    Premium,
    /// May do everything.
    Admin,
}

impl Role {
    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Premium => "premium",
            Self::Admin => "admin",
        }
    }

    /// The permissions that come with the role.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::{
            AccessAi, DeleteMemories, ManageUsers, ReadMemories, ReadMetrics, SyncWhatsapp, WriteMemories,
        };
        match self {
            Self::User => &[ReadMemories, WriteMemories],
            Self::Premium => &[ReadMemories, WriteMemories, DeleteMemories, AccessAi, SyncWhatsapp],
            Self::Admin => &[
                ReadMemories,
                WriteMemories,
                DeleteMemories,
                ManageUsers,
                AccessAi,
                SyncWhatsapp,
                ReadMetrics,
            ],
        }
    }

    /// The tier that a new account of this role starts in.
    pub const fn tier(self) -> Tier {
        match self {
            Self::User => Tier::Free,
            Self::Premium | Self::Admin => Tier::Premium,
        }
    }
}

/// A role, tier or permission was named that does not exist.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct AccessError(String);

impl FromStr for Role {
    type Err = AccessError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "user" => Ok(Self::User),
            "premium" => Ok(Self::Premium),
            "admin" => Ok(Self::Admin),
            other => Err(AccessError(format!("{other:?} is no role: use user, premium or admin"))),
        }
    }
}

/// What an account pays for; it decides limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// The free plan.
    Free,
    /// The paid plan.
    Premium,
}

impl Tier {
    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Premium => "premium",
        }
    }
}

impl FromStr for Tier {
    type Err = AccessError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "free" => Ok(Self::Free),
            "premium" => Ok(Self::Premium),
            other => Err(AccessError(format!("{other:?} is no tier: use free or premium"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_admins_manage_users_and_read_metrics() {
        for permission in [Permission::ManageUsers, Permission::ReadMetrics] {
            assert!(Role::Admin.permissions().contains(&permission));
            assert!(!Role::Premium.permissions().contains(&permission));
        }
    }

    #[test]
    fn a_permission_reads_the_same_in_json_and_text() {
        for permission in Role::Admin.permissions() {
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.as_str());
        }
    }
}
