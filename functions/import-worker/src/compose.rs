//! From items to units. The same items come to the same units, whoever goes on with a batch: what that depends on is in the context, and in
//! what was planned.

use std::collections::BTreeMap;

use app_domain::{Attachment, Category, CategoryDraft, CategoryId, MemoryId, Message, Timestamp, Version};
use app_import::{Bringing, Item, MadeMemory, NewFile, NewMemory, NewMessage, Standing, Trouble};
use app_store::Memories;
use aws_lc_rs::digest::{SHA256, digest};

use crate::context::{Context, Parent};
use crate::failure::Failure;
use crate::piece::{Line, Outcome, WARNING};
use crate::units::{Bringable, Bytes, Called, Filing, Unit, What};

pub(crate) const THERE: &str = "It is there already.";
pub(crate) const NO_PARENT: &str = "What it belongs to was not brought in.";
const NO_BYTES: &str = "Its bytes are not in the archive.";

/// Makes units of items, one after the other.
pub(crate) struct Composer<'a> {
    pub(crate) memories: &'a Memories,
    pub(crate) bringing: Bringing,
    pub(crate) context: &'a mut Context,
    /// What was planned of the same items before, if an earlier attempt has begun with them.
    pub(crate) planned: &'a [Line],
    /// When those memories without a time were made that are there already.
    pub(crate) first_brought: &'a BTreeMap<MemoryId, Timestamp>,
    pub(crate) units: Vec<Unit>,
}

impl Composer<'_> {
    /// Adds what becomes of an item.
    pub(crate) async fn add(&mut self, item: Item) -> Result<(), Failure> {
        match item {
            Item::Record(record) => self.record(*record),
            Item::Memory(memory) => self.memory(&memory).await?,
            Item::Message(message) => self.message(&message),
            Item::Trouble(Trouble { kind, key, reason }) => {
                self.units.push(Unit::failed(kind, &key, &reason));
            }
            Item::Warning(warning) => {
                self.units.push(Unit::settled(Line::new(WARNING, ""), Outcome::Skipped, &warning));
            }
        }
        Ok(())
    }

    async fn memory(&mut self, new: &NewMemory) -> Result<(), Failure> {
        let made = match self.remade(new) {
            Ok(made) => made,
            Err(reason) => {
                self.units.push(Unit::failed("memory", &new.key, &reason));
                self.begin(Parent { absent: Some(reason), ..Parent::of(&new.key) });
                return Ok(());
            }
        };
        let MadeMemory { memory, category, rest, is_dated } = made;
        let name = category.as_ref().map(app_domain::CategoryName::folded);
        if let (Some(category), Some(name)) = (category, &name)
            && !self.context.knows(name)
            && self.context.has_room()
        {
            self.context.name(name.clone(), None);
            self.units.push(self.category(category, name.clone()));
        }
        let line = Line::new("memory", &new.key).named(memory.id).at(memory.version.get());
        let is_there = self.first_brought.contains_key(&memory.id);
        if !is_dated
            && !is_there
            && let Some(other) = self.like(&memory).await?
        {
            let what = What::Settled;
            let line = line.named(other).came_to(Outcome::Skipped, Some(THERE));
            self.units.push(Unit { line: Line { version: None, ..line }, what });
            self.begin(Parent { id: Some(other), last: made_at(other), ..Parent::of(&new.key) });
            for file in &new.attachments {
                let line = Line::new("file", &file.key);
                self.units.push(Unit::settled(
                    line,
                    Outcome::Skipped,
                    "It comes with what is there already.",
                ));
            }
            return Ok(());
        }
        let (id, at, updated_at) = (memory.id, memory.created_at, Some(memory.updated_at));
        self.units.push(Unit { line, what: What::Memory(Box::new(memory), Filing::Named(name)) });
        let last = Some(rest.last().map_or(at, |last| last.created_at));
        self.begin(Parent { id: Some(id), last, updated_at, ..Parent::of(&new.key) });
        for message in rest {
            self.said(&new.key, message);
        }
        for file in &new.attachments {
            self.file(file, &[&new.key], at, Attachment { memory: id, message: None });
        }
        Ok(())
    }

    /// The memory, with what belongs to it. One without a time that is there already was made when it was first brought in, and what comes with
    /// it has its times and ids from then.
    fn remade(&self, new: &NewMemory) -> Result<MadeMemory, String> {
        let made = self.bringing.memory(new)?;
        match self.first_brought.get(&made.memory.id).filter(|_| !made.is_dated) {
            Some(at) => Bringing { at: *at, ..self.bringing }.memory(new),
            None => Ok(made),
        }
    }

    /// The memory that is there already instead of one without a time: another one of the same words.
    async fn like(&self, memory: &app_domain::Memory) -> Result<Option<MemoryId>, Failure> {
        if let Some(planned) = self.planned.get(self.units.len()).filter(|line| line.kind == "memory") {
            let id = planned.id.as_deref().and_then(|id| id.parse().ok());
            return Ok(id.filter(|id| *id != memory.id));
        }
        // One of the same words in the same archive is not told apart from one that was there.
        let earlier = self.units.iter().find_map(|unit| match &unit.what {
            What::Memory(other, _) if other.gist().is_some() && other.gist() == memory.gist() => {
                Some(other.id)
            }
            _ => None,
        });
        match earlier {
            Some(earlier) => Ok(Some(earlier)),
            None => Ok(self.memories.like(memory).await?.filter(|id| *id != memory.id)),
        }
    }

    fn message(&mut self, new: &NewMessage) {
        let parent = self.context.parent(&new.memory).cloned();
        let Some((Some(memory), Some(after))) = parent.map(|parent| (parent.id, parent.last)) else {
            let line = Line::new("message", &new.key);
            self.units.push(Unit::settled(line, Outcome::Failed, NO_PARENT));
            return;
        };
        let standing = Standing { memory, after };
        let at = self.bringing.sent_at(new, standing);
        let with = [new.memory.as_str(), new.key.as_str()];
        let (mut files, first_file) = (Vec::new(), self.units.len());
        for file in &new.attachments {
            files.extend(self.file(file, &with, at, Attachment { memory, message: None }));
        }
        match self.bringing.messages(new, standing, &files) {
            Ok(messages) => {
                self.units.iter_mut().skip(first_file).for_each(|unit| unit.come_with(&messages));
                messages.into_iter().for_each(|message| self.said(&new.key, message));
            }
            Err(reason) => {
                self.units.push(Unit::settled(Line::new("message", &new.key), Outcome::Skipped, reason));
            }
        }
        if let Some(parent) = self.context.parent_mut(&new.memory) {
            parent.last = Some(after.max(at));
        }
    }

    /// Adds a message to what is brought in.
    pub(crate) fn said(&mut self, key: &str, message: Message) {
        let line = Line::new("message", key).named(message.id).under(message.memory);
        let line = line.at(message.version.get());
        self.units.push(Unit { line, what: What::Message(Box::new(message)) });
    }

    fn file(
        &mut self,
        new: &NewFile,
        with: &[&str],
        at: Timestamp,
        attached: Attachment,
    ) -> Option<app_domain::FileId> {
        let line = Line::new("file", &new.key);
        let seed = match self.bringing.file(new, with, at) {
            Ok(seed) => seed,
            Err(reason) => {
                self.units.push(Unit::settled(line, Outcome::Failed, &reason));
                return None;
            }
        };
        let bytes = match (&new.bytes, &new.path) {
            (Some(bytes), _) => Bytes::Here(bytes.clone()),
            (None, Some(path)) => Bytes::At(path.clone()),
            (None, None) => {
                self.units.push(Unit::settled(line, Outcome::Failed, NO_BYTES));
                return None;
            }
        };
        let file = Bringable {
            id: seed.id,
            owner: self.bringing.owner,
            name: seed.name,
            declared: seed.declared,
            size_bytes: new.bytes.as_ref().map(|bytes| bytes.len() as u64),
            attached: Some(attached),
            created_at: at,
            updated_at: at,
            bytes,
        };
        self.units.push(Unit {
            line: line.named(file.id).under(attached.memory),
            what: What::File(Box::new(file)),
        });
        Some(seed.id)
    }

    /// A category that the archive knows by its name.
    fn category(&self, name: app_domain::CategoryName, folded: String) -> Unit {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, format!("category:{folded}").as_bytes()).as_ref());
        let draft = CategoryDraft { name, description: None, icon: None, color: None, sort_order: None };
        let category = Category::new(self.bringing.owner, draft, &[], self.bringing.at);
        let category = Category { id: CategoryId::derived(self.bringing.at, &hash), ..category };
        let line = Line::new("category", category.name.as_str()).named(category.id).at(Version::FIRST.get());
        Unit { line, what: What::Category(Box::new(category), Called::Name(folded)) }
    }

    /// Notes that what follows may belong to something.
    pub(crate) fn begin(&mut self, parent: Parent) {
        self.context.begin(parent);
    }
}

/// The time in an id.
fn made_at(id: MemoryId) -> Option<Timestamp> {
    i64::try_from(id.as_uuid().as_u128() >> 80).ok().and_then(Timestamp::from_millis)
}
