//! What is indexed of an entity.

use app_domain::{
    File, Filed, Findable, Memory, MemoryFilter, MemoryId, MemorySource, MemoryTitle, Message, MessageText,
    Tag, Tags, Timestamp,
};
use app_search::EntityId;
use app_search::text::Document;

use crate::Entity;

/// A memory that is a favourite.
const FAVORITE: &str = "favorite";
/// A memory that is archived.
const ARCHIVED: &str = "archived";
/// How much of a text is turned into a vector. Models place longer ones by their beginning too, and are paid by length.
const EMBEDDED_BYTES: usize = 8 * 1024;

/// The id under which something is indexed.
pub(crate) fn entity_id(of: Findable) -> EntityId {
    match of {
        Findable::Memory(id) => EntityId::Memory(id),
        Findable::Message(_, id) => EntityId::Message(id),
        Findable::File(id) => EntityId::File(id),
    }
}

/// An entity in a few characters, among those of one person.
pub(crate) fn name_of(id: EntityId) -> String {
    match id {
        EntityId::Memory(id) => format!("M#{id}"),
        EntityId::Message(id) => format!("MSG#{id}"),
        EntityId::File(id) => format!("F#{id}"),
    }
}

/// The entity of a name.
pub(crate) fn entity_named(name: &str) -> Option<EntityId> {
    let (kind, id) = name.split_once('#')?;
    match kind {
        "M" => id.parse().ok().map(EntityId::Memory),
        "MSG" => id.parse().ok().map(EntityId::Message),
        "F" => id.parse().ok().map(EntityId::File),
        _ => None,
    }
}

/// What is found by its words.
pub(crate) fn document(entity: &Entity) -> Document {
    match entity {
        Entity::Memory(memory) => Document {
            id: EntityId::Memory(memory.id),
            memory: None,
            created_at: memory.created_at,
            title: title_of(memory),
            tags: memory.tags.iter().map(str::to_owned).collect(),
            body: memory.body_text(),
            facets: facets(memory),
        },
        Entity::Message(message) => Document {
            id: EntityId::Message(message.id),
            memory: Some(message.memory),
            created_at: message.created_at,
            title: String::new(),
            tags: Vec::new(),
            body: text_of(message),
            facets: Vec::new(),
        },
        Entity::File(file, text) => Document {
            id: EntityId::File(file.id),
            memory: file.attached.map(|attached| attached.memory),
            created_at: file.created_at,
            title: name_of_file(file),
            tags: Vec::new(),
            body: text.clone().unwrap_or_default(),
            facets: Vec::new(),
        },
    }
}

/// What is found by its meaning: a memory with its title and tags, a message, a file with its name.
pub(crate) fn embedded_text(document: &Document) -> String {
    let tags = document.tags.join(", ");
    let parts = [document.title.as_str(), tags.as_str(), document.body.as_str()];
    let mut text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    text.truncate(text.floor_char_boundary(EMBEDDED_BYTES));
    text
}

pub(crate) fn title_of(memory: &Memory) -> String {
    memory.title.as_ref().map_or_else(String::new, |title| MemoryTitle::as_str(title).to_owned())
}

pub(crate) fn text_of(message: &Message) -> String {
    message.content.as_ref().map_or_else(String::new, |text| MessageText::as_str(text).to_owned())
}

pub(crate) fn name_of_file(file: &File) -> String {
    file.name.as_str().to_owned()
}

fn facets(memory: &Memory) -> Vec<String> {
    let mut facets = vec![filed(Filed::from(memory.category)), come_by(memory.source)];
    facets.extend(memory.tags.each().map(tagged));
    facets.extend(memory.is_favorite.then(|| FAVORITE.to_owned()));
    facets.extend(memory.is_archived.then(|| ARCHIVED.to_owned()));
    facets
}

fn filed(filed: Filed) -> String {
    match filed {
        Filed::Nowhere => "category:none".to_owned(),
        Filed::In(category) => format!("category:{category}"),
    }
}

fn come_by(source: MemorySource) -> String {
    format!("source:{}", source.as_str())
}

fn tagged(tag: &Tag) -> String {
    format!("tag:{}", tag.folded())
}

/// A filter in terms of what is indexed.
#[derive(Debug, Default)]
pub(crate) struct Facets {
    any_of: Vec<Vec<String>>,
    none_of: Vec<String>,
    created_at: Option<std::ops::Range<Timestamp>>,
}

impl Facets {
    pub(crate) fn new(filter: &MemoryFilter) -> Self {
        let mut any_of: Vec<Vec<String>> = Vec::new();
        let mut none_of = Vec::new();
        any_of.extend(filter.category.map(|category| vec![filed(category)]));
        any_of.extend(filter.source.map(|source| vec![come_by(source)]));
        any_of.extend(Tags::each(&filter.tags).map(|tag| vec![tagged(tag)]));
        for (mark, is_wanted) in [(FAVORITE, filter.is_favorite), (ARCHIVED, filter.is_archived)] {
            match is_wanted {
                Some(true) => any_of.push(vec![mark.to_owned()]),
                Some(false) => none_of.push(mark.to_owned()),
                None => {}
            }
        }
        Self { any_of, none_of, created_at: between(filter.from, filter.to) }
    }

    /// Whether it lets everything through.
    pub(crate) fn is_open(&self) -> bool {
        self.any_of.is_empty() && self.none_of.is_empty() && self.created_at.is_none()
    }

    /// As the engine wants it.
    pub(crate) fn filter<'a>(
        &'a self,
        allows: &'a (dyn Fn(EntityId, Option<MemoryId>) -> bool + Sync),
    ) -> app_search::text::Filter<'a> {
        app_search::text::Filter {
            any_of: &self.any_of,
            none_of: &self.none_of,
            created_at: self.created_at.clone(),
            allows: Some(allows),
        }
    }
}

/// The times from one to another, both included.
fn between(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<std::ops::Range<Timestamp>> {
    if from.is_none() && to.is_none() {
        return None;
    }
    let end = |to: Timestamp| to.plus(std::time::Duration::from_millis(1));
    Some(from.unwrap_or(Timestamp::MIN)..to.map_or(Timestamp::MAX, end))
}
