//! What a person could do next: questions that their memories can answer, and memories that belong somewhere.

use app_ai::{BuiltIn, CategoryRequest, Document};
use app_domain::{MemoryId, Task};

use crate::brief::Asker;
use crate::built_in::suggestions;
use crate::filing::Place;
use crate::retrieval::document;
use crate::task::{Done, TaskError};
use crate::{Memo, filing};

/// From how many of the newest memories suggestions are made, and how much of their text is read.
const NEWEST: usize = 200;
const NEWEST_BYTES: usize = 512 * 1024;
/// Of how many of them it is said where they belong.
const FILED: usize = 10;
/// Less likely places are not suggested.
const LIKELY: f32 = 0.5;

/// What could be done next.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Suggestions {
    /// Questions to ask.
    pub questions: Vec<String>,
    /// Memories that are filed nowhere, and where they may belong.
    pub filing: Vec<(MemoryId, String, Place)>,
}

impl Memo {
    /// What could be done next. The built-in model says so: nothing leaves for it.
    ///
    /// # Errors
    /// See [`TaskError`].
    pub async fn suggest(&self, asker: &Asker) -> Result<Done<Suggestions>, TaskError> {
        let newest = self.memories.newest(asker.user, None, NEWEST, NEWEST_BYTES);
        let (newest, categories) = tokio::try_join!(newest, self.categories.all(asker.user))?;
        let readable: Vec<_> = newest.iter().filter(|it| it.privacy != app_domain::Privacy::Sealed).collect();
        let (ids, profiles) = filing::learnt(&categories, readable.iter().copied(), None);
        self.by_built_in(asker, Task::Suggest, || {
            let documents: Vec<Document> = readable.iter().map(|memory| document(memory)).collect();
            let unfiled = readable.iter().zip(&documents).filter(|(memory, _)| memory.category.is_none());
            let filed = unfiled.take(FILED).filter_map(|(memory, document)| {
                let request = CategoryRequest {
                    text: document.text.clone(),
                    title: document.title.clone(),
                    tags: document.tags.clone(),
                    categories: profiles.clone(),
                };
                let guess =
                    BuiltIn.categorise(&request).into_iter().find(|guess| guess.confidence >= LIKELY)?;
                let name = profiles[guess.category].name.clone();
                let place = Place { id: ids[guess.category], name, confidence: guess.confidence };
                Some((memory.id, document.title.clone(), place))
            });
            Suggestions { filing: filed.collect(), questions: suggestions(&documents, &[]) }
        })
        .await
    }
}
