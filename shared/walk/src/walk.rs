//! A walk through everything that a person has, as an export wants it, in the order of an archive.
//!
//! **What an export holds.** It shows what was there when it began (`started_at`), as far as the table still knows that, while people and
//! WhatsApp go on writing for as long as it takes:
//!
//! - What was made after that is left out. What came after it with an earlier time is left out too where that is known: of a late WhatsApp
//!   message with media. Other late messages, and what an import brings in meanwhile, carry the time of long ago and nothing else.
//! - A memory that was changed since is written as the version that it was then, if that version is kept; else as it is when it is read.
//!   To be filed or tagged otherwise is no change of a memory.
//! - What is deleted before it is read is left out: a deletion always wins.
//! - Messages, files, conversations and the rest have no versions: they are as they are when they are read.
//! - A file that is moved meanwhile is there once: where it is first come to, or without a memory if it was attached behind the walk's back.
//!
//! What cannot be read is named and left out, with what is below it, and the walk goes on.
//!
//! Items are read in portions of at most a megabyte. A walk keeps one portion and, inside of a memory, one of what is below it.

use std::collections::{HashSet, VecDeque};

use app_archive::{Kind, Record};
use app_domain::{Conversation, ExportSpec, Memory, MemoryId, StoreError, Timestamp, UserId};
use app_store::{Portion, Walked};

use crate::pack::Packed;
use crate::place::{Place, Section};
use crate::source::Source;

/// What a walk comes to.
#[derive(Debug)]
pub enum Step {
    /// A record, and the bytes that belong to it.
    Record(Box<Record>, Option<Packed>),
    /// Something that cannot be read.
    Unreadable(Kind, String),
    /// A memory or conversation that has no record here: it is not wanted, or only what is below it is.
    Passed(Kind),
    /// Nothing that is wanted, where there might have been.
    Nothing,
}

/// What is walked through, and for what.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Whose.
    pub owner: UserId,
    /// When the export began.
    pub began: Timestamp,
    /// What is asked for.
    pub spec: &'a ExportSpec,
    /// The kinds of records that are given.
    pub kinds: &'a [Kind],
}

impl Wanted<'_> {
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
            && match kind {
                Kind::Version => self.spec.options.versions,
                Kind::Message => self.spec.options.messages,
                _ => true,
            }
    }

    pub(crate) fn has_any(&self, kinds: &[Kind]) -> bool {
        kinds.iter().any(|kind| self.has(*kind))
    }

    /// Whether something was there when the export began.
    pub(crate) fn was_there(&self, created_at: Timestamp) -> bool {
        created_at <= self.began
    }
}

/// A walk. Steps that were read wait in it with the places behind them.
pub struct Walk<'a> {
    pub(crate) source: &'a Source,
    pub(crate) wanted: Wanted<'a>,
    /// Behind the last step that was given.
    place: Place,
    /// Where reading goes on.
    pub(crate) frontier: Place,
    pub(crate) ready: VecDeque<(Step, Place)>,
    /// Memories that were read and not come to.
    pub(crate) memories: VecDeque<(Walked<Memory>, bool)>,
    /// Whether no memories come behind those.
    pub(crate) are_last: bool,
    /// Conversations that were read and not come to.
    pub(crate) conversations: VecDeque<Walked<Conversation>>,
    /// Whether the person has files at all, and how many, once that was asked.
    pub(crate) has_files: Option<bool>,
    pub(crate) file_count: u64,
    /// The memories that have files, if the person has few.
    pub(crate) holders: Option<HashSet<MemoryId>>,
}

impl<'a> Walk<'a> {
    /// A walk that goes on behind a place.
    pub fn new(source: &'a Source, wanted: Wanted<'a>, place: Place) -> Self {
        Self {
            source,
            wanted,
            frontier: place.clone(),
            place,
            ready: VecDeque::new(),
            memories: VecDeque::new(),
            are_last: false,
            conversations: VecDeque::new(),
            has_files: None,
            file_count: 0,
            holders: None,
        }
    }

    /// The place behind the last step.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The next step. Nothing at the end.
    ///
    /// # Errors
    /// If the table fails. The walk can be asked again.
    pub async fn next(&mut self) -> Result<Option<Step>, StoreError> {
        loop {
            if let Some((step, place)) = self.ready.pop_front() {
                self.place = place;
                return Ok(Some(step));
            }
            if self.frontier.section == Section::End {
                return Ok(None);
            }
            self.read().await?;
        }
    }

    /// Reads on.
    async fn read(&mut self) -> Result<(), StoreError> {
        if self.frontier.below.is_some() {
            return self.read_below().await;
        }
        match self.frontier.section {
            Section::Account => self.account().await,
            Section::Settings => self.settings().await,
            Section::Categories => self.categories().await,
            Section::SavedSearches => self.saved_searches().await,
            Section::Facts => self.facts().await,
            Section::Memories => self.next_memory().await,
            Section::LooseFiles => self.loose_files().await,
            Section::Conversations => self.next_conversation().await,
            Section::Reminders => self.reminders().await,
            Section::Contacts => self.contacts().await,
            Section::End => Ok(()),
        }
    }

    /// Gives what is wanted of a portion of a section. `record` gives nothing of what is not.
    pub(crate) fn give<T>(&mut self, kind: Kind, portion: Portion<T>, record: impl Fn(T) -> Option<Given>) {
        let base = self.frontier.clone();
        self.give_at(kind, portion, record, |at| base.behind(at, None));
    }

    /// The same, with the places of the items.
    pub(crate) fn give_at<T>(
        &mut self,
        kind: Kind,
        portion: Portion<T>,
        record: impl Fn(T) -> Option<Given>,
        place: impl Fn(&app_store::WalkPosition) -> Place,
    ) {
        let mut last = None;
        let before = self.ready.len();
        for Walked { at, read } in portion.items {
            let here = place(&at);
            match read.map(&record) {
                None => self.ready.push_back((Step::Unreadable(kind, at.as_str().to_owned()), here.clone())),
                Some(Some((record, packed))) => {
                    self.ready.push_back((Step::Record(Box::new(record), packed), here.clone()));
                }
                Some(None) => {}
            }
            last = Some(here);
        }
        if let Some(last) = last {
            if self.ready.len() == before {
                self.ready.push_back((Step::Nothing, last.clone()));
            }
            self.frontier = last;
        }
    }

    /// Gives one thing that stands alone in its section, and ends that.
    pub(crate) fn give_one(&mut self, step: Option<Step>) {
        self.frontier = self.frontier.section_done();
        self.ready.extend(step.map(|step| (step, self.frontier.clone())));
    }

    pub(crate) fn end_section(&mut self) {
        self.frontier = self.frontier.section_done();
    }
}

/// A record, and the bytes that belong to it.
pub(crate) type Given = (Record, Option<Packed>);
