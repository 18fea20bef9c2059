//! What Claude keeps besides conversations: projects with their documents, and what it has remembered.

use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::chat::{Give, named_by, note, trouble};
use crate::loose::{List, Loose, Members, value};
use crate::moment::moment;
use crate::{Item, NewMemory};

/// Gives the project that `json` is: a memory of its instructions, and one of each of its documents.
pub(crate) fn project(json: &str, zone: &TimeZone, give: Give<'_>) -> ControlFlow<()> {
    let Some(project) = Members::of(json) else {
        return give(trouble("memory", format!("project/{}", named_by(&[json])), "It is not a project."));
    };
    let about = project.some(&[
        "uuid",
        "name",
        "description",
        "prompt_template",
        "created_at",
        "updated_at",
        "archived_at",
    ]);
    let name = about.text("name");
    let key = format!("project/{}", about.id("uuid").unwrap_or_else(|| named_by(&[name.unwrap_or(json)])));
    give(Item::Memory(Box::new(NewMemory {
        key: key.clone(),
        title: name.map(str::to_owned),
        description: about.text("description").map(str::to_owned),
        text: about.text("prompt_template").map(str::to_owned),
        tags: tags("project"),
        is_archived: moment(about.member("archived_at"), zone).is_some(),
        created_at: moment(about.member("created_at"), zone),
        updated_at: moment(about.member("updated_at"), zone),
        ..NewMemory::default()
    })))?;
    for (index, json) in project.get("docs").and_then(List::of).unwrap_or_default().into_iter().enumerate() {
        let place = format!("{key}/document-{}", index + 1);
        let Some(doc) = value(json).filter(Value::is_object) else {
            give(trouble("memory", place, "The document is not in a form that can be read."))?;
            continue;
        };
        let mut metadata = Map::new();
        note(&mut metadata, "project", name);
        let created_at = moment(doc.member("created_at"), zone);
        give(Item::Memory(Box::new(NewMemory {
            key: format!("{key}/{}", doc.id("uuid").unwrap_or_else(|| named_by(&[json]))),
            title: doc.text("filename").map(str::to_owned),
            text: doc.text("content").map(str::to_owned),
            tags: tags("project"),
            metadata,
            created_at,
            updated_at: moment(doc.member("updated_at"), zone).or(created_at),
            ..NewMemory::default()
        })))?;
    }
    ControlFlow::Continue(())
}

/// Gives what Claude has remembered, of everything and of each project.
pub(crate) fn memories(json: &str, zone: &TimeZone, give: Give<'_>) -> ControlFlow<()> {
    let Some(remembered) = value(json).filter(Value::is_object) else {
        return give(trouble(
            "memory",
            format!("memory/{}", named_by(&[json])),
            "It is not in a form that can be read.",
        ));
    };
    let account = remembered.id("account_uuid").unwrap_or_else(|| "account".to_owned());
    let updated_at = moment(remembered.member("updated_at"), zone);
    let mut memory = |key: String, title: String, text: &str, project: Option<&str>| {
        let mut metadata = Map::new();
        note(&mut metadata, "project", project);
        give(Item::Memory(Box::new(NewMemory {
            key,
            title: Some(title),
            text: Some(text.to_owned()),
            tags: tags("memory"),
            metadata,
            created_at: updated_at,
            updated_at,
            ..NewMemory::default()
        })))
    };
    if let Some(text) = remembered.text("conversations_memory") {
        memory(format!("memory/{account}"), "What Claude remembers".to_owned(), text, None)?;
    }
    for (project, text) in remembered.member("project_memories").as_object().into_iter().flatten() {
        if let Some(text) = text.as_str().filter(|text| !text.trim().is_empty()) {
            let title = "What Claude remembers of a project".to_owned();
            memory(format!("memory/{account}/{project}"), title, text, Some(project))?;
        }
    }
    for file in remembered.list("memory_files") {
        let name = file.text("path").or_else(|| file.text("name")).or_else(|| file.text("filename"));
        if let (Some(name), Some(text)) = (name, file.text("content").or_else(|| file.text("text"))) {
            memory(format!("memory/{account}/file/{name}"), name.to_owned(), text, None)?;
        }
    }
    ControlFlow::Continue(())
}

fn tags(kind: &str) -> Vec<String> {
    vec!["claude".to_owned(), kind.to_owned()]
}
