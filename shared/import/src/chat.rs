//! Gives a chat: a memory, and each of its messages in order.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Duration;

use app_domain::Timestamp;
use aws_lc_rs::digest;
use serde_json::{Map, Value};

use crate::tree::{self, Node};
use crate::{Item, NewFile, NewMemory, NewMessage, Trouble};

/// Takes items, until it has enough.
pub(crate) type Give<'g> = &'g mut dyn FnMut(Item) -> ControlFlow<()>;

/// What a message says, without what its place says of it.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) author: Option<String>,
    pub(crate) is_ai_generated: bool,
    pub(crate) text: String,
    pub(crate) at: Option<Timestamp>,
    pub(crate) edited_at: Option<Timestamp>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) attachments: Vec<NewFile>,
}

impl Said {
    /// Whether there is nothing to bring in.
    fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.attachments.is_empty()
    }
}

/// Gives `memory` and its messages, each of which is read by `read` when its turn comes: `None` if it is none, an error if it cannot be
/// read. What follows a message that is left out follows the one before that.
pub(crate) fn give_chat(
    memory: NewMemory,
    nodes: &[Node],
    current: Option<&str>,
    read: &mut dyn FnMut(usize) -> Result<Option<Said>, Unread>,
    give: Give<'_>,
) -> ControlFlow<()> {
    let (chat, begun) = (memory.key.clone(), memory.created_at);
    let mut beginning = Beginning { memory: Some(memory), behind: Vec::new(), give };
    beginning.is_known()?;
    let mut placed: Vec<Option<Behind>> = vec![None; nodes.len()];
    let mut names: HashMap<&str, u32> = HashMap::new();
    for place in tree::ordered(nodes, current) {
        let node = &nodes[place.node];
        let before = place.after.and_then(|after| placed[after].clone());
        let said = match read(place.node) {
            Ok(said) => said.filter(|said| !said.is_empty()),
            Err(Unread(reason)) => {
                let key = format!("{chat}/{}", node.id);
                beginning.give(Item::Trouble(Trouble { kind: "message", key, reason: reason.to_owned() }))?;
                None
            }
        };
        let Some(mut said) = said else {
            placed[place.node] = before;
            continue;
        };
        let name = names.entry(&node.id).and_modify(|count| *count += 1).or_insert(1);
        let key = if *name == 1 { node.id.clone() } else { format!("{}#{name}", node.id) };
        let sent_at = sent_at(&mut said, before.as_ref().and_then(|before| before.at), begun);
        placed[place.node] = Some(Behind { key: key.clone(), at: sent_at });
        beginning.give(Item::Message(Box::new(NewMessage {
            memory: chat.clone(),
            key,
            follows: before.map(|before| before.key),
            is_on_branch: place.is_on_branch,
            author: said.author,
            is_ai_generated: said.is_ai_generated,
            text: said.text,
            sent_at,
            edited_at: said.edited_at,
            metadata: said.metadata,
            attachments: said.attachments,
        })))?;
    }
    beginning.end()
}

/// The beginning of a chat. One without a title waits for what the person said first, which becomes its title.
struct Beginning<'g> {
    memory: Option<NewMemory>,
    behind: Vec<Item>,
    give: Give<'g>,
}

impl Beginning<'_> {
    /// How many messages are waited for.
    const LONGEST: usize = 20;

    /// Gives the memory if nothing has to be waited for.
    fn is_known(&mut self) -> ControlFlow<()> {
        match &self.memory {
            Some(memory) if memory.title.is_none() => ControlFlow::Continue(()),
            _ => self.end(),
        }
    }

    fn give(&mut self, item: Item) -> ControlFlow<()> {
        let Some(memory) = &mut self.memory else { return (self.give)(item) };
        if let Item::Message(message) = &item
            && !message.is_ai_generated
            && !message.metadata.contains_key("hidden")
        {
            memory.title = title(&message.text);
        }
        self.behind.push(item);
        if self.behind.len() > Self::LONGEST { self.end() } else { self.is_known() }
    }

    /// Gives what waits.
    fn end(&mut self) -> ControlFlow<()> {
        if let Some(memory) = self.memory.take() {
            (self.give)(Item::Memory(Box::new(memory)))?;
        }
        self.behind.drain(..).try_for_each(&mut *self.give)
    }
}

/// The first words of a text.
fn title(text: &str) -> Option<String> {
    const LONGEST: usize = 80;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => Some(format!("{}…", line[..end].trim_end())),
        None => Some(line.to_owned()),
    }
}

/// Why a message cannot be read.
pub(crate) struct Unread(pub(crate) &'static str);

impl Unread {
    /// It is not made as messages of the service are.
    pub(crate) const FORM: Self = Self("The message is not in a form that can be read.");
}

/// A message that others follow.
#[derive(Clone)]
struct Behind {
    key: String,
    at: Option<Timestamp>,
}

/// When a message was sent. Lists are sorted by it, so it is never before what it follows, which clocks of services and undated messages
/// would make it: then it is a moment behind that, and what the archive says of it is kept.
fn sent_at(said: &mut Said, before: Option<Timestamp>, begun: Option<Timestamp>) -> Option<Timestamp> {
    let behind = before.map(|before| before.plus(Duration::from_millis(1)));
    match (said.at, before) {
        (Some(at), Some(before)) if at <= before => {
            if before.since(at) >= Duration::from_secs(1) {
                note(&mut said.metadata, "sentAt", Some(at.to_string()));
            }
            behind
        }
        (None, _) => {
            note(&mut said.metadata, "undated", Some(true));
            behind.or(begun)
        }
        (at, _) => at,
    }
}

/// Notes something that is known besides, if it is known. Long texts are cut: metadata are small.
pub(crate) fn note(metadata: &mut Map<String, Value>, name: &str, known: Option<impl Into<Value>>) {
    const LONGEST: usize = 1000;
    let known = match known.map(Into::into) {
        None | Some(Value::Null) => return,
        Some(Value::String(text)) if text.trim().is_empty() => return,
        Some(Value::String(text)) if text.chars().count() > LONGEST => {
            Value::String(text.chars().take(LONGEST).chain(['…']).collect())
        }
        Some(known) => known,
    };
    metadata.insert(name.to_owned(), known);
}

/// A name for what has none in the archive, made of what it is and does not change.
pub(crate) fn named_by(parts: &[&str]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&part.len().to_be_bytes());
        context.update(part.as_bytes());
    }
    context.finish().as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A name for a message that has none, made of all that is known of it. Its place would be no name: others may go from before it.
pub(crate) fn message_id(json: &str) -> String {
    format!("message-{}", named_by(&[json]))
}

/// That something cannot be brought in.
pub(crate) fn trouble(kind: &'static str, key: impl Into<String>, reason: &str) -> Item {
    Item::Trouble(Trouble { kind, key: key.into(), reason: reason.to_owned() })
}
