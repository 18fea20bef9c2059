//! Saying where a text belongs, by what the person has filed before.

use std::collections::HashMap;

use app_ai::{BuiltIn, CategoryProfile, CategoryRequest, Document, JsonFormat};
use app_domain::{Category, CategoryId, CategoryName, Memory, MemoryId, Privacy, Task, UserId};
use serde::Deserialize;
use serde_json::json;

use crate::brief::Asker;
use crate::minds::Mind;
use crate::retrieval::document;
use crate::stop::Stop;
use crate::structured::{Order, in_time};
use crate::task::{Done, TaskError};
use crate::{AskError, Memo};

/// From how many of the newest memories it is learnt where what belongs, and how much of their text is read.
const LEARNT_FROM: usize = 200;
const LEARNT_BYTES: usize = 512 * 1024;
/// How many of them stand for one category.
const EXAMPLES: usize = 20;
/// How many, and how much of each, a model on a server is shown.
const SHOWN: usize = 3;
const SHOWN_CHARS: usize = 200;
/// How much of the text such a model is shown.
const TEXT_CHARS: usize = 12_000;
/// A category that is less likely is none.
const LEAST: f32 = 0.05;

/// A text that is to be filed.
#[derive(Debug, Clone, Default)]
pub struct ToFile {
    /// Its words.
    pub text: String,
    /// Its title.
    pub title: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The names of the categories to choose from; the person's own unless told.
    pub among: Option<Vec<String>>,
    /// Whether it may be shown to models of others.
    pub may_leave: bool,
}

/// Where a text may belong.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The category, if it is one of the person's.
    pub id: Option<CategoryId>,
    /// What it is called.
    pub name: String,
    /// How likely, from 0 to 1.
    pub confidence: f32,
}

/// What is known of where a text belongs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Places {
    /// The most likely first.
    pub places: Vec<Place>,
    /// What a new category could be called, where none fits.
    pub new_name: Option<String>,
    /// Tags that fit.
    pub tags: Vec<String>,
}

#[derive(Deserialize)]
struct Written {
    places: Vec<WrittenPlace>,
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct WrittenPlace {
    number: usize,
    confidence: f32,
}

impl Memo {
    /// A memory that is to be filed.
    ///
    /// # Errors
    /// If it is not there, or is sealed.
    pub async fn to_file(&self, asker: &Asker, id: MemoryId) -> Result<ToFile, AskError> {
        let memory = if asker.may_read() { self.memories.get(asker.user, id).await? } else { None };
        let memory = memory.ok_or(AskError::NoMemory)?;
        if memory.privacy == Privacy::Sealed {
            return Err(AskError::Sealed);
        }
        let settings = self.settings.get(asker.user).await?;
        let Document { title, text, tags, .. } = document(&memory);
        Ok(ToFile { text, title, tags, among: None, may_leave: settings.lets_out(&memory) })
    }

    /// Says where a text belongs.
    ///
    /// # Errors
    /// See [`TaskError`].
    pub async fn file(&self, asker: &Asker, wanted: &ToFile) -> Result<Done<Places>, TaskError> {
        let (mind, settings) = self.task_mind(asker, wanted.may_leave).await?;
        let is_external = mind.is_external();
        let shows = |memory: &Memory| crate::brief::may_show(memory, is_external, &settings);
        let (ids, profiles) = self.profiles(asker.user, wanted.among.as_deref(), shows).await?;
        let request = CategoryRequest {
            text: wanted.text.clone(),
            title: wanted.title.clone(),
            tags: wanted.tags.clone(),
            categories: profiles,
        };
        let Mind::Served { model, .. } = &mind else {
            return self.by_built_in(asker, Task::Categorize, || by_built_in(&request, &ids)).await;
        };
        let text = described(&request);
        let order = Order {
            task: Task::Categorize,
            instructions: INSTRUCTIONS,
            text: &text,
            format: format(),
            hides: is_external && settings.redaction,
            until: in_time(),
        };
        let (written, usage) = self.structured::<Written>(asker, model, order).await?;
        let what = read(written, &request, &ids)?;
        Ok(Done { what, model: mind.name().to_owned(), usage })
    }

    /// The categories to choose from, with what the person has filed there.
    async fn profiles(
        &self,
        owner: UserId,
        among: Option<&[String]>,
        shows: impl Fn(&Memory) -> bool,
    ) -> Result<(Vec<Option<CategoryId>>, Vec<CategoryProfile>), TaskError> {
        let categories = self.categories.all(owner);
        let newest = self.memories.newest(owner, None, LEARNT_FROM, LEARNT_BYTES);
        let (categories, newest) = tokio::try_join!(categories, newest)?;
        Ok(learnt(&categories, newest.iter().filter(|memory| shows(memory)), among))
    }
}

/// The categories to choose from, by their places the ids of those that are the person's, with what was filed in them.
pub(crate) fn learnt<'a>(
    categories: &[Category],
    memories: impl Iterator<Item = &'a Memory>,
    among: Option<&[String]>,
) -> (Vec<Option<CategoryId>>, Vec<CategoryProfile>) {
    let mut examples: HashMap<CategoryId, Vec<String>> = HashMap::new();
    for memory in memories {
        let filed = memory.category.map(|category| examples.entry(category).or_default());
        if let Some(filed) = filed.filter(|filed| filed.len() < EXAMPLES) {
            let document = document(memory);
            filed.push(format!("{}\n{}", document.title, document.text));
        }
    }
    let mut of = |category: &Category| CategoryProfile {
        id: category.id.to_string(),
        name: category.name.as_str().to_owned(),
        description: category.description.as_ref().map_or_else(String::new, |it| it.as_str().to_owned()),
        examples: examples.remove(&category.id).unwrap_or_default(),
    };
    let Some(among) = among else {
        return categories.iter().map(|category| (Some(category.id), of(category))).unzip();
    };
    let named = among.iter().map(|name| {
        let folded = CategoryName::parse(name).map(|name| name.folded());
        let own =
            categories.iter().find(|own| folded.as_ref().is_ok_and(|folded| *folded == own.name.folded()));
        let profile = own.map_or_else(CategoryProfile::default, &mut of);
        (own.map(|category| category.id), CategoryProfile { name: name.clone(), ..profile })
    });
    named.unzip()
}

const INSTRUCTIONS: &str = "Say in which of the categories a text belongs, as its owner would file it: by their names, \
     descriptions and examples. Give up to three of their numbers with how likely each is, from 0 to 1, the most likely first; none if it \
     fits nowhere. Also give up to five short tags.";

fn format() -> JsonFormat {
    let place = json!({
        "type": "object",
        "properties": {"number": {"type": "integer"}, "confidence": {"type": "number"}},
        "required": ["number", "confidence"],
        "additionalProperties": false,
    });
    JsonFormat {
        name: "filing",
        schema: json!({
            "type": "object",
            "properties": {
                "places": {"type": "array", "items": place},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
            "required": ["places", "tags"],
            "additionalProperties": false,
        }),
    }
}

/// What a model on a server is shown.
fn described(request: &CategoryRequest) -> String {
    let mut text = "Categories:\n".to_owned();
    for (place, category) in request.categories.iter().enumerate() {
        text += &format!("{}. {}", place + 1, category.name);
        if !category.description.is_empty() {
            text += &format!(" – {}", category.description);
        }
        for example in category.examples.iter().take(SHOWN) {
            let line: String =
                example.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(SHOWN_CHARS).collect();
            text += &format!("\n   for example: {line}");
        }
        text.push('\n');
    }
    let words: String = request.text.chars().take(TEXT_CHARS).collect();
    format!("{text}\nThe text:\n{}\n{words}\nIts tags: {}", request.title, request.tags.join(", "))
}

fn by_built_in(request: &CategoryRequest, ids: &[Option<CategoryId>]) -> Places {
    let places = BuiltIn.categorise(request).into_iter().filter(|guess| guess.confidence >= LEAST);
    let places = places.map(|guess| Place {
        id: ids[guess.category],
        name: request.categories[guess.category].name.clone(),
        confidence: guess.confidence,
    });
    Places {
        places: places.collect(),
        new_name: BuiltIn.suggested_name(request),
        tags: BuiltIn.tags(&request.text),
    }
}

/// What the model wrote, so far as it names categories that there are.
fn read(written: Written, request: &CategoryRequest, ids: &[Option<CategoryId>]) -> Result<Places, Stop> {
    let mut places: Vec<Place> = Vec::new();
    for WrittenPlace { number, confidence } in written.places {
        let at = number.checked_sub(1).filter(|&at| at < request.categories.len());
        let at = at.ok_or_else(|| {
            Stop::Model(app_ai::ModelError::Corrupt("there is no such category".to_owned()))
        })?;
        let name = request.categories[at].name.clone();
        if !places.iter().any(|known| known.name == name) {
            places.push(Place { id: ids[at], name, confidence: confidence.clamp(0.0, 1.0) });
        }
    }
    places.retain(|place| place.confidence >= LEAST);
    places.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
    let new_name = if places.is_empty() { BuiltIn.suggested_name(request) } else { None };
    let tags = written.tags.into_iter().filter(|tag| app_domain::Tag::parse(tag).is_ok()).take(5).collect();
    Ok(Places { places, new_name, tags })
}
