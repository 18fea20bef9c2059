//! What comes of bringing something back as it was elsewhere, or at another time, and of taking that back.

use app_domain::{FileUsage, Timestamp, Version};

/// What came of something that was to be as it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// It was not there, and is now.
    Made,
    /// It was there and older; now it is as given.
    Updated,
    /// It was there as it is given.
    Same,
    /// It was there and newer, and stayed as it is.
    Newer,
    /// It is in the trash, and stays there.
    InTrash,
    /// What was there is being removed for good, and its files have to go first.
    Going,
    /// It cannot be, for a reason in words for the person.
    Refused(&'static str),
}

/// Which of two wins that say something else: what is there, or what is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precedence {
    /// What was changed later. What was deleted stays so.
    Newer,
    /// What is given, unless what is there was changed after this time. What was deleted comes back.
    Since(Timestamp),
    /// What is given. What was deleted comes back.
    Given,
}

impl Precedence {
    /// Whether what was deleted comes back.
    pub(crate) fn brings_back(self) -> bool {
        self != Self::Newer
    }

    /// What comes of something that is there but says something else, if not a change.
    pub fn settles(self, there: Timestamp, given: Timestamp) -> Option<Restored> {
        match self {
            Self::Given => None,
            // What was filed otherwise is no newer for it.
            Self::Since(time) => (there > time.max(given)).then_some(Restored::Newer),
            Self::Newer => match there.cmp(&given) {
                std::cmp::Ordering::Less => None,
                std::cmp::Ordering::Equal => Some(Restored::Same),
                std::cmp::Ordering::Greater => Some(Restored::Newer),
            },
        }
    }
}

/// What came of a file that was to be as it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRestored {
    /// It was not there, and is now.
    Made,
    /// It was there.
    Same,
    /// It is more than its owner may store besides this.
    OverQuota(FileUsage),
    /// It cannot be, for a reason in words for the person.
    Refused(&'static str),
}

/// What came of something that was to go for good if it is as it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmade {
    /// It is gone.
    Gone,
    /// It was not there.
    Missing,
    /// Somebody has written to it since, or put something below it. It stays.
    Changed,
}

/// Why something is refused that says that it has been written more often than anything is.
pub(crate) const NO_VERSION: &str = "Its version is no number that a version can have.";
/// The greatest version that sorts with the others.
const GREATEST: u64 = 9_999_999_999;

/// Whether something can be at this version.
pub(crate) fn is_version(version: Version) -> bool {
    (Version::FIRST.get()..GREATEST).contains(&version.get())
}

/// The version after a change to what another copy says, which may have been written more often.
pub(crate) fn after(there: Version, given: Version) -> Version {
    there.next().max(given)
}
