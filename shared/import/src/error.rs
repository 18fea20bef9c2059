//! Why an archive, or a part of it, cannot be read: in words for the person who brought it.

use std::io;

/// Why an archive cannot be read. What it displays is for its owner: what is wrong, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Where the archive lies cannot be read just now. It may be tried again.
    #[error("The file cannot be read just now. Try again later.")]
    Io(#[source] io::Error),
    /// It is nothing that is known here.
    #[error("This is no file that can be brought in: {0}")]
    Unknown(String),
    /// It is broken as a whole.
    #[error("The file is damaged: {0}. Download it again from where it came, and upload it again.")]
    Damaged(String),
    /// It is made, or large enough, to do harm.
    #[error("The archive is not opened: {0}. Bring in its parts one by one.")]
    Refused(String),
    /// Everything in it is encrypted.
    #[error("The archive is encrypted. Unpack it with its password, and bring in what was in it.")]
    Encrypted,
    /// It is an export of this product from later on.
    #[error("This export has version {0}, which is newer than what can be read here. Update, and try again.")]
    Newer(u64),
    /// One entry of it cannot be read. The others can: whoever reads them goes on.
    #[error("{name:?} cannot be read: {reason}")]
    Entry {
        /// What it is called.
        name: String,
        /// Why.
        reason: String,
    },
}

impl ImportError {
    /// Why one entry cannot be read.
    ///
    /// # Errors
    /// If it is more than an entry that cannot be read.
    pub(crate) fn of_entry(self) -> Result<String, Self> {
        match self {
            Self::Entry { reason, .. } => Ok(reason),
            other => Err(other),
        }
    }
}

/// What a reader of an entry fails with when the entry is at fault, and not where the archive lies.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct Faulty {
    pub(crate) name: String,
    pub(crate) reason: &'static str,
}

impl Faulty {
    pub(crate) fn error(name: &str, reason: &'static str) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, Self { name: name.to_owned(), reason })
    }
}

/// Readers of entries fail with a `Faulty` inside of an I/O error, or with an error of where the archive lies.
impl From<io::Error> for ImportError {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Faulty>() {
            Ok(faulty) => Self::Entry { name: faulty.name, reason: faulty.reason.to_owned() },
            Err(error) => Self::Io(error),
        }
    }
}
