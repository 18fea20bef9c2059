//! What is below a memory or a conversation, a portion at a time: a hundred thousand messages cost no more memory than a few.

use std::str::FromStr;

use app_archive::{Kind, MessageRecord, Record, TurnRecord, VersionRecord};
use app_domain::{ConversationId, FileStatus, MemoryId, StoreError};
use app_store::{Portion, WalkPosition};

use crate::others::AT_ONCE;
use crate::pack::packed;
use crate::place::{Below, Part};
use crate::walk::{Given, Walk};

impl Walk<'_> {
    /// Reads on below the memory or the conversation that the frontier is behind.
    pub(crate) async fn read_below(&mut self) -> Result<(), StoreError> {
        let Below { parts, after, version } = match self.frontier.below.clone() {
            Some(below) => below,
            None => return Ok(()),
        };
        let (wanted, after) = (self.wanted, after.as_ref());
        let is_last = match parts.first() {
            None => true,
            Some(Part::Versions) => {
                let id = self.above::<MemoryId>()?;
                let found = self.source.memories.walk_versions(wanted.owner, id, after, AT_ONCE).await?;
                self.give_below(Kind::Version, found, |earlier| {
                    let is_wanted = earlier.version < version && wanted.was_there(earlier.updated_at);
                    is_wanted.then(|| (Record::Version(VersionRecord::of(&earlier)), None))
                })
            }
            Some(Part::Files) => {
                let id = self.above::<MemoryId>()?;
                let found = self.source.files.walk_of(wanted.owner, id, after).await?;
                self.give_below(Kind::File, found, |file| {
                    // One that was taken elsewhere since its link was read is come to there.
                    let is_here = file.attached.is_some_and(|attached| attached.memory == id);
                    let is_wanted =
                        is_here && file.status == FileStatus::Ready && wanted.was_there(file.created_at);
                    is_wanted.then(|| packed(&file, &wanted.spec.options, wanted.began))
                })
            }
            Some(Part::Messages) => {
                let id = self.above::<MemoryId>()?;
                let found = self.source.messages.walk_on(wanted.owner, id, after, AT_ONCE).await?;
                self.give_below(Kind::Message, found, |message| {
                    wanted
                        .was_there(message.created_at)
                        .then(|| (Record::Message(MessageRecord::of(&message)), None))
                })
            }
            Some(Part::Turns) => {
                let (id, now) = (self.above::<ConversationId>()?, wanted.began);
                let turns =
                    self.source.conversations.walk_turns(wanted.owner, id, after, AT_ONCE, now).await?;
                self.give_below(Kind::Turn, turns, |turn| {
                    wanted.was_there(turn.created_at).then(|| (Record::Turn(TurnRecord::of(&turn)), None))
                })
            }
        };
        if is_last {
            self.frontier = self.frontier.part_done();
        }
        Ok(())
    }

    /// Gives a portion of what is below. Whether it was the last.
    fn give_below<T>(&mut self, kind: Kind, portion: Portion<T>, given: impl Fn(T) -> Option<Given>) -> bool {
        let (base, is_last) = (self.frontier.clone(), portion.is_last);
        self.give_at(kind, portion, given, |at: &WalkPosition| base.further(at));
        is_last
    }

    /// What the frontier is below.
    fn above<Id: FromStr<Err: std::error::Error + Send + Sync + 'static>>(&self) -> Result<Id, StoreError> {
        let id = self.frontier.after.as_ref().map(WalkPosition::as_str).unwrap_or_default();
        id.parse().map_err(|error: Id::Err| StoreError::Corrupt(Box::new(error)))
    }
}
