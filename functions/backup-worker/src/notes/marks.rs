//! What a note says, part by part, so that it can be told which parts somebody has changed.

use app_archive::shown_words;
use app_backup::Sum;
use app_domain::{Memory, MemoryTitle};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A part of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Title,
    Description,
    Category,
    Tags,
    Favorite,
    Archived,
    Metadata,
    Words,
}

impl Part {
    pub(crate) const ALL: [Self; 8] = [
        Self::Title,
        Self::Description,
        Self::Category,
        Self::Tags,
        Self::Favorite,
        Self::Archived,
        Self::Metadata,
        Self::Words,
    ];
}

/// A mark of each part: two notes say the same in it if they have the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Marks([String; 8]);

impl Marks {
    /// Of a note that was read as `memory`, in a category of that name.
    pub(crate) fn of(memory: &Memory, category: Option<&str>) -> Self {
        let words = memory.content.as_ref().map(|content| content.text()).unwrap_or_default();
        Self(Part::ALL.map(|part| {
            mark(match part {
                Part::Title => json!(memory.title.as_ref().map(MemoryTitle::as_str)),
                Part::Description => json!(memory.description.as_ref().map(|text| text.as_str())),
                Part::Category => json!(category),
                Part::Tags => json!(memory.tags.iter().collect::<Vec<_>>()),
                Part::Favorite => json!(memory.is_favorite),
                Part::Archived => json!(memory.is_archived),
                Part::Metadata => json!(memory.metadata.members()),
                // Editors end a file as they like, and what was no HTML before need not be written so again.
                Part::Words => json!(shown_words(&words).trim()),
            })
        }))
    }

    /// The parts in which another note says something else.
    pub(crate) fn changed_in(&self, other: &Self) -> impl Iterator<Item = Part> {
        let pairs = self.0.iter().zip(&other.0);
        Part::ALL.into_iter().zip(pairs).filter(|(_, (one, other))| one != other).map(|(part, _)| part)
    }
}

fn mark(value: serde_json::Value) -> String {
    // So many bits as two parts of a note never share by chance; who writes notes of the same mark only fools themself.
    HEXLOWER.encode(&Sum::of(value.to_string().as_bytes()).as_bytes()[..12])
}
