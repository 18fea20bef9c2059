//! What a search found, as it is in the table at this moment.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use app_domain::{Findable, Invalid, Memory, MemoryFilter, MemoryId, StoreError, Timestamp, UserId};
use app_search::text::{Fragment, Limits, Query, highlight};
use app_search::{EntityId, ScoreParts};

use crate::claims::Repair;
use crate::documents::{entity_named, name_of, name_of_file, text_of, title_of};
use crate::ranking::{Ranked, order};
use crate::{Entities, Entity};

/// How many messages and files of one memory are shown.
const PIECES: usize = 3;
/// How much of a text is shown where no word matches.
const EXCERPT_CHARS: usize = 160;

/// A page of what was found.
#[derive(Debug)]
pub struct Found {
    /// The best first.
    pub groups: Vec<Group>,
    /// Behind which place the next page begins, if there may be one.
    pub next: Option<Position>,
    /// How much may not be found by its meaning yet. `None` if nothing was searched by meaning.
    pub pending_embeddings: Option<u64>,
    /// Whether something may be missing: the model did not answer, or the index is being made again.
    pub is_degraded: bool,
    /// What has to be done about the index, if nobody is at it.
    pub repair: Option<Repair>,
    /// How it came about.
    pub how: How,
}

/// How results came about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct How {
    /// How many entities were searched.
    pub searched: u64,
    /// How many changes were not in the index yet.
    pub changes: u64,
    /// How many entities were found by their words.
    pub by_words: u64,
    /// How many were found by their meaning.
    pub by_meaning: u64,
    /// The model that meaning was found by.
    pub model: Option<String>,
}

/// A memory, or a file that belongs to none, with what was found of it.
#[derive(Debug)]
pub struct Group {
    /// The memory. `None` for a file on its own, which is the only piece then.
    pub memory: Option<Memory>,
    /// How well it fits. Only of use beside others of the same search.
    pub score: f32,
    /// What the score is made of.
    pub parts: ScoreParts,
    /// Where the words stand in its title.
    pub title: Vec<Fragment>,
    /// Where they stand in its text.
    pub body: Vec<Fragment>,
    /// Messages and files of it that fit, the best first.
    pub pieces: Vec<Piece>,
}

/// A message or a file that was found.
#[derive(Debug)]
pub struct Piece {
    /// The message or the file.
    pub entity: Entity,
    /// Where the words stand in it, or how it begins.
    pub fragments: Vec<Fragment>,
}

/// A place among the results of a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// When the first page was asked for: what is recent is so for all pages.
    pub as_of: Timestamp,
    /// Tells the search that it belongs to from others.
    pub of: u32,
    score: f32,
    id: EntityId,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (millis, score) = (self.as_of.as_millis(), self.score.to_bits());
        write!(f, "{millis}/{:08x}/{score:08x}/{}", self.of, name_of(self.id))
    }
}

impl FromStr for Position {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let read = || {
            let mut parts = text.splitn(4, '/');
            let as_of = Timestamp::from_millis(parts.next()?.parse().ok()?)?;
            let of = u32::from_str_radix(parts.next()?, 16).ok()?;
            let score = f32::from_bits(u32::from_str_radix(parts.next()?, 16).ok()?);
            let id = entity_named(parts.next()?)?;
            score.is_finite().then_some(Self { as_of, of, score, id })
        };
        read().ok_or_else(|| Invalid::new("is not the cursor of a search"))
    }
}

/// What a page is made of.
pub(crate) struct Page<'a> {
    pub(crate) owner: UserId,
    pub(crate) query: &'a Query,
    pub(crate) filter: &'a MemoryFilter,
    pub(crate) as_of: Timestamp,
    pub(crate) of: u32,
    pub(crate) after: Option<Position>,
    pub(crate) limit: usize,
}

impl Page<'_> {
    /// Reads a page of what is ranked. What is not there any more, or is not for this search any more, is passed over.
    pub(crate) async fn read(
        &self,
        entities: &Entities,
        ranked: &[Ranked],
    ) -> Result<(Vec<Group>, Option<Position>), StoreError> {
        let is_behind = |one: &&Ranked| {
            self.after.is_none_or(|after| order((after.score, after.id), (one.score, one.id)).is_lt())
        };
        let rest: Vec<&Ranked> = ranked.iter().filter(is_behind).collect();
        let mut groups = Vec::with_capacity(self.limit);
        for (number, portion) in rest.chunks(self.limit.max(1)).enumerate() {
            let begins = number * self.limit.max(1);
            let wanted = portion.iter().flat_map(|one| self.wanted(one));
            let read = entities.read(self.owner, wanted).await?;
            let memories = read.memories;
            let mut there: HashMap<EntityId, Entity> = read
                .entities
                .into_iter()
                .map(|entity| (crate::documents::entity_id(entity.of()), entity))
                .collect();
            for (place, one) in portion.iter().enumerate() {
                if groups.len() == self.limit {
                    return Ok((groups, self.position(rest.get((begins + place).wrapping_sub(1)).copied())));
                }
                groups.extend(self.group(one, &memories, &mut there));
            }
            if groups.len() == self.limit && rest.len() > begins + portion.len() {
                return Ok((groups, self.position(portion.last().copied())));
            }
        }
        Ok((groups, None))
    }

    fn position(&self, last: Option<&Ranked>) -> Option<Position> {
        last.map(|last| Position { as_of: self.as_of, of: self.of, score: last.score, id: last.id })
    }

    /// What has to be read of a group.
    fn wanted(&self, one: &Ranked) -> Vec<Findable> {
        let memory = match one.id {
            EntityId::Memory(id) => Some(id),
            _ => None,
        };
        let own = memory.map(Findable::Memory);
        let hits = one.hits.iter().take(PIECES + 1).filter_map(|hit| findable(*hit, memory));
        own.into_iter().chain(hits).collect()
    }

    fn group(
        &self,
        one: &Ranked,
        memories: &HashMap<MemoryId, Memory>,
        there: &mut HashMap<EntityId, Entity>,
    ) -> Option<Group> {
        let memory = match one.id {
            EntityId::Memory(id) => Some(memories.get(&id).filter(|memory| fits(self.filter, memory))?),
            _ => None,
        };
        let is_own = |hit: &&EntityId| matches!(hit, EntityId::Memory(_));
        let pieces = one.hits.iter().filter(|hit| !is_own(hit)).filter_map(|hit| {
            let entity = there.remove(hit)?;
            // It may have been moved to another memory since.
            (entity.memory() == memory.map(|memory| memory.id)).then(|| self.piece(entity))
        });
        let pieces: Vec<Piece> = pieces.take(PIECES).collect();
        if pieces.is_empty() && !one.hits.iter().any(|hit| is_own(&hit)) {
            return None;
        }
        let whole = Limits { fragments: 1, chars: 300 };
        let title = memory.map_or_else(Vec::new, |memory| highlight(&title_of(memory), self.query, whole));
        let body = memory.map(|memory| highlight(&memory.body_text(), self.query, Limits::default()));
        Some(Group {
            memory: memory.cloned(),
            score: one.score,
            parts: one.parts,
            title,
            body: body.unwrap_or_default(),
            pieces,
        })
    }

    fn piece(&self, entity: Entity) -> Piece {
        let text = match &entity {
            Entity::Memory(memory) => memory.body_text(),
            Entity::Message(message) => text_of(message),
            Entity::File(file, text) => text.clone().unwrap_or_else(|| name_of_file(file)),
        };
        let mut fragments = highlight(&text, self.query, Limits::default());
        if fragments.is_empty() {
            fragments.push(Fragment::beginning(&text, EXCERPT_CHARS));
        }
        Piece { entity, fragments }
    }
}

/// What an entity is called in the table.
fn findable(id: EntityId, memory: Option<MemoryId>) -> Option<Findable> {
    match id {
        EntityId::Memory(id) => Some(Findable::Memory(id)),
        EntityId::Message(id) => memory.map(|memory| Findable::Message(memory, id)),
        EntityId::File(id) => Some(Findable::File(id)),
    }
}

/// Whether a memory is still what was asked for. Times are those of what was found, which does not change them.
fn fits(filter: &MemoryFilter, memory: &Memory) -> bool {
    filter.category.is_none_or(|wanted| wanted == memory.category.into())
        && filter.source.is_none_or(|wanted| wanted == memory.source)
        && filter.is_favorite.is_none_or(|wanted| wanted == memory.is_favorite)
        && filter.is_archived.is_none_or(|wanted| wanted == memory.is_archived)
        && filter.tags.each().all(|tag| memory.tags.contains(tag))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_position_is_read_back_to_the_bit() {
        let id = EntityId::Message(Uuid::from_u128(7).into());
        let as_of = Timestamp::from_millis(1_795_000_000_123).unwrap();
        let position = Position { as_of, of: 0xfe_dc_ba_98, score: 0.1 + 0.2, id };
        assert_eq!(position.to_string().parse(), Ok(position));
        let nan = "1/0/7fc00000/M#00000000-0000-0000-0000-000000000001";
        for text in ["", "1/2", "x/0/3f800000/M#7", nan] {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }
}
