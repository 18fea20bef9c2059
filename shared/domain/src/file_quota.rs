//! How much people may store, by tier.

use std::str::FromStr;

use crate::{File, Invalid, Tier};

/// What a tier may store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileQuota {
    /// The most bytes of all files together.
    pub total_bytes: u64,
    /// The most bytes of one file.
    pub file_bytes: u64,
}

/// What every tier may store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileQuotas {
    free: FileQuota,
    premium: FileQuota,
}

impl FileQuotas {
    /// What a tier may store.
    pub const fn of(&self, tier: Tier) -> FileQuota {
        match tier {
            Tier::Free => self.free,
            Tier::Premium => self.premium,
        }
    }
}

/// What a person stores: every file that is there or on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileUsage {
    /// Their bytes.
    pub bytes: u64,
    /// How many there are.
    pub count: u64,
}

/// Such as `free=1GB/25MB,premium=50GB/5GB`: all files together and one file, for each tier.
impl FromStr for FileQuotas {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let named = |tier: Tier| -> Result<FileQuota, Invalid> {
            let mut quotas = text.split(',').filter_map(|part| part.trim().split_once('='));
            let (_, quota) = quotas
                .find(|(found, _)| *found == tier.as_str())
                .ok_or_else(|| Invalid::new(format!("the quota of {} is missing", tier.as_str())))?;
            quota.parse()
        };
        Ok(Self { free: named(Tier::Free)?, premium: named(Tier::Premium)? })
    }
}

impl FromStr for FileQuota {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (total, file) = text.split_once('/').ok_or_else(|| {
            Invalid::new(format!("{text:?} is no quota: write 1GB/25MB, in all and for one file"))
        })?;
        let (total_bytes, file_bytes) = (bytes(total)?, bytes(file)?);
        if file_bytes > total_bytes || file_bytes > File::MAX_BYTES {
            return Err(Invalid::new(format!("{text:?} is no quota: no file can be so large")));
        }
        Ok(Self { total_bytes, file_bytes })
    }
}

/// A number of bytes such as `25MB` or `16MiB`.
pub(crate) fn bytes(text: &str) -> Result<u64, Invalid> {
    const UNITS: [(&str, u64); 6] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
    ];
    let number = |(unit, factor): (&str, u64)| {
        let number: u64 = text.trim().strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(factor).filter(|bytes| *bytes > 0)
    };
    UNITS.into_iter().find_map(number).ok_or_else(|| {
        Invalid::new(format!("{text:?} is no size: write 25MB, with KB, MB, GB, KiB, MiB or GiB"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tier_has_its_quota() {
        let quotas: FileQuotas = "free=1GB/25MB,premium=50GB/5GiB".parse().unwrap();
        let free = FileQuota { total_bytes: 1_000_000_000, file_bytes: 25_000_000 };
        assert_eq!(quotas.of(Tier::Free), free);
        assert_eq!(quotas.of(Tier::Premium).file_bytes, 5 << 30);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for bad in [
            "",
            "1GB",
            "1GB/2GB",
            "50GB/6GB",
            "1/2",
            "0MB/0MB",
            "-1MB/1MB",
            "1TB/1MB",
            "99999999999999GB/1MB",
        ] {
            assert!(bad.parse::<FileQuota>().is_err(), "{bad}");
        }
        let missing = "free=1GB/25MB".parse::<FileQuotas>().unwrap_err();
        assert_eq!(missing.message(), "the quota of premium is missing");
    }
}
