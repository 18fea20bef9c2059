//! What later items of an archive need to know of earlier ones. It is kept with the pieces, and stays small whatever the archive is like.

use std::collections::{BTreeMap, VecDeque};

use app_domain::{CategoryId, MemoryId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How many things are known that others may belong to. They come right after what they belong to.
const PARENTS: usize = 8;
/// How many categories of an archive are known; a person has a hundred.
const CATEGORIES: usize = 500;

/// What a search calls the category that it is in.
const CATEGORY_ID: &str = "categoryId";

/// What is known of the items before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Context {
    /// What categories of the archive are here, by their ids there; none, if they could not be brought in.
    categories: BTreeMap<CategoryId, Option<CategoryId>>,
    /// The same by their names, in the form in which names are compared.
    named: BTreeMap<String, Option<CategoryId>>,
    /// The latest things that others belong to.
    parents: VecDeque<Parent>,
}

/// Something that others belong to: a memory or a conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parent {
    /// What it is called in the archive.
    pub(crate) key: String,
    /// What it is here, if it is a memory.
    pub(crate) id: Option<MemoryId>,
    /// When the last item that belongs to it was made.
    pub(crate) last: Option<Timestamp>,
    /// When it was last changed, as it was brought in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) updated_at: Option<Timestamp>,
    /// Whether it was made by this import.
    #[serde(default)]
    pub(crate) is_made: bool,
    /// Why it is not here, in words for its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) absent: Option<String>,
}

impl Parent {
    /// Something of this key of which nothing else is known.
    pub(crate) fn of(key: &str) -> Self {
        Self { key: key.to_owned(), ..Self::default() }
    }
}

impl Context {
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.named.contains_key(name)
    }

    /// Whether another category by its name can be kept in mind.
    pub(crate) fn has_room(&self) -> bool {
        self.named.len() < CATEGORIES
    }

    pub(crate) fn name(&mut self, name: String, is: Option<CategoryId>) {
        self.named.insert(name, is);
    }

    pub(crate) fn of_name(&self, name: &str) -> Option<CategoryId> {
        self.named.get(name).copied().flatten()
    }

    /// Notes that a category of the archive is another one here, or none. False if there are too many.
    pub(crate) fn map(&mut self, theirs: CategoryId, ours: Option<CategoryId>) -> bool {
        if self.categories.len() >= CATEGORIES && !self.categories.contains_key(&theirs) {
            return false;
        }
        self.categories.insert(theirs, ours);
        true
    }

    /// What a category of the archive is here.
    pub(crate) fn mapped(&self, theirs: CategoryId) -> Option<CategoryId> {
        self.categories.get(&theirs).copied().unwrap_or(Some(theirs))
    }

    /// What is searched for, with what the category that it names is here. One that could not be brought in is left out.
    pub(crate) fn filed(&self, search: &Map<String, Value>) -> Map<String, Value> {
        let mut search = search.clone();
        let theirs = search.get(CATEGORY_ID).and_then(Value::as_str).and_then(|id| id.parse().ok());
        if let Some(theirs) = theirs {
            match self.mapped(theirs) {
                Some(ours) => drop(search.insert(CATEGORY_ID.to_owned(), ours.to_string().into())),
                None => drop(search.remove(CATEGORY_ID)),
            }
        }
        search
    }

    pub(crate) fn begin(&mut self, parent: Parent) {
        self.parents.retain(|known| known.key != parent.key);
        self.parents.truncate(PARENTS - 1);
        self.parents.push_front(parent);
    }

    pub(crate) fn parent(&self, key: &str) -> Option<&Parent> {
        self.parents.iter().find(|parent| parent.key == key)
    }

    pub(crate) fn parent_mut(&mut self, key: &str) -> Option<&mut Parent> {
        self.parents.iter_mut().find(|parent| parent.key == key)
    }

    /// Why what belongs to something cannot be brought in, if so.
    pub(crate) fn absent(&self, key: &str) -> Option<&str> {
        self.parent(key)?.absent.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000).unwrap()
    }

    #[test]
    fn it_stays_small_whatever_an_archive_is_like() {
        let mut context = Context::default();
        for n in 0..10_000 {
            context.map(CategoryId::new(at()), None);
            context.begin(Parent { key: n.to_string(), ..Parent::default() });
        }
        assert!(serde_json::to_string(&context).unwrap().len() < 60_000);
        assert!(context.parent("9999").is_some() && context.parent("1").is_none());
    }

    #[test]
    fn a_category_is_itself_unless_it_is_said_to_be_another() {
        let (mut context, one, other) = (Context::default(), CategoryId::new(at()), CategoryId::new(at()));
        assert_eq!(context.mapped(one), Some(one));
        assert!(context.map(one, Some(other)));
        assert_eq!(context.mapped(one), Some(other));
        assert!(context.map(one, None));
        assert_eq!(context.mapped(one), None);
    }
}
