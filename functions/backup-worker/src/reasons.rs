//! Why a job failed or waits, in words for its owner.

use app_domain::{DriveProvider, size_in_words};

/// Nobody knows why.
pub(crate) const UNKNOWN: &str = "The work could not be done, even after several tries. Ask for it again later: what is done is not done twice.";

/// A list of contents would be larger than any that is read.
pub(crate) const TOO_MANY_FILES: &str = "There are more files than a backup of this format can name. Choose the archive format, which packs small files together.";

/// A backup is not where it should be.
pub(crate) const NO_BACKUP: &str =
    "There is no such backup in the folder. It may have been moved or deleted there.";

/// A backup is not what was written.
pub(crate) const CHANGED_BACKUP: &str =
    "The backup was changed after it was written: its manifest is another. Choose another backup.";

/// A backup is encrypted, and nothing is there to open it.
pub(crate) const NO_PASSPHRASE: &str = "The backup is encrypted. Give its passphrase.";

/// A backup is encrypted, and the passphrase is another.
pub(crate) const WRONG_PASSPHRASE: &str = "The passphrase does not open the backup.";

/// A backup is made to be read.
pub(crate) const PROSE: &str = "A backup in the format txt is made to be read, and cannot be restored.";

/// A comparison would not fit.
pub(crate) const TOO_MANY_TO_COMPARE: &str =
    "There is too much to be compared at once. Restore it without a dry run, or choose less of it.";

/// Something of a backup is gone.
pub(crate) fn missing(path: &str) -> String {
    format!("{path} is missing in the folder.")
}

/// Something of a backup cannot be read.
pub(crate) fn unread(path: &str, why: &dyn std::fmt::Display) -> String {
    format!("{path} cannot be read: {why}.")
}

/// Parts of a backup could not be read; they are named beside it.
pub(crate) fn unread_parts(count: u64) -> String {
    match count {
        1 => "One part of the backup could not be read. The rest is there.".to_owned(),
        count => format!("{count} parts of the backup could not be read. The rest is there."),
    }
}

/// The provider has failed for too long.
pub(crate) fn unreachable(provider: DriveProvider) -> String {
    format!(
        "{} could not be reached for two days. Ask for it again: what is done is not done twice.",
        provider.title()
    )
}

/// What the person agreed to is over.
pub(crate) fn needs_consent(provider: DriveProvider) -> String {
    format!("{0} does not let us in any more. Connect {0} again.", provider.title())
}

/// The person has let the drive go.
pub(crate) fn disconnected(provider: DriveProvider) -> String {
    format!("{0} is not connected. Connect it first.", provider.title())
}

/// There is no room for something.
pub(crate) fn full(provider: DriveProvider, needed_bytes: u64, free_bytes: Option<u64>) -> String {
    let there = match free_bytes {
        Some(free) => format!("; {} are free", size_in_words(free)),
        None => String::new(),
    };
    format!(
        "{} is full: at least {} more are needed{there}. Make room there and ask for the backup again: what has been sent is not sent twice.",
        provider.title(),
        size_in_words(needed_bytes)
    )
}

/// The provider keeps something else than it is sent.
pub(crate) fn mismatch(provider: DriveProvider) -> String {
    format!(
        "What arrived in {} was not what was sent, several times. Ask for it again later.",
        provider.title()
    )
}

/// The provider refuses.
pub(crate) fn refused(provider: DriveProvider, code: Option<&str>) -> String {
    match code {
        Some(code) => format!("{} refuses what we ask for ({code}).", provider.title()),
        None => format!("{} refuses what we ask for.", provider.title()),
    }
}

/// The provider wants to be left alone.
pub(crate) fn throttled(provider: DriveProvider) -> String {
    format!("{} wants to be asked less often. It goes on by itself.", provider.title())
}

/// The provider fails for the moment.
pub(crate) fn failing(provider: DriveProvider) -> String {
    format!("{} cannot be reached at the moment. It goes on by itself.", provider.title())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_drive_says_what_is_needed_and_what_is_free() {
        let reason = full(DriveProvider::GoogleDrive, 3 << 20, Some(1536));
        assert!(
            reason.starts_with("Google Drive is full: at least 3 MB more are needed; 1.5 KB are free."),
            "{reason}"
        );
        assert!(!full(DriveProvider::S3, 1, None).contains("free"));
    }
}
