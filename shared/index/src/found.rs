//! What a search found, as it is in the table at this moment.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use app_domain::{Findable, Invalid, Memory, MemoryFilter, MemoryId, StoreError, Timestamp, UserId};
use app_search::text::{Fragment, Limits, Query, highlight};
use app_search::{EntityId, ScoreParts};

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::claims::Repair;
use crate::documents::{entity_id, entity_named, name_of, name_of_file, text_of, title_of};
use crate::ranking::{Ranked, order};
use crate::{Entities, Entity};

/// How many messages and files of one memory are shown.
const PIECES: usize = 3;
/// How many results are read at once, at least, once some had to be passed over.
const AT_ONCE: usize = 50;
/// Of how many files of a page the text is read, to show where the words stand. Of others the name is shown.
const TEXTS: usize = 30;
/// How many texts are read at once. Each may have a megabyte.
const TEXTS_AT_ONCE: usize = 8;
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
        let rest = &ranked[self.begins(ranked)..];
        let mut groups: Vec<Group> = Vec::with_capacity(self.limit);
        let mut read_until = 0;
        while groups.len() < self.limit && read_until < rest.len() {
            // Mostly all are there. If not, a small page costs no more calls than a large one, whatever has to be passed over.
            let at_once = if read_until == 0 { self.limit } else { self.limit.max(AT_ONCE) };
            let portion = &rest[read_until..rest.len().min(read_until + at_once)];
            let wanted = portion.iter().flat_map(|one| self.wanted(one));
            let read = entities.read(self.owner, wanted, 0).await?;
            let memories = read.memories;
            let found = read.entities.into_iter();
            let mut there: HashMap<EntityId, Entity> =
                found.map(|entity| (entity_id(entity.of()), entity)).collect();
            for one in portion {
                groups.extend(self.group(one, &memories, &mut there));
                read_until += 1;
                if groups.len() == self.limit {
                    break;
                }
            }
        }
        let last = rest[..read_until].last().filter(|_| read_until < rest.len());
        Ok((self.with_texts(entities, groups).await?, self.position(last)))
    }

    /// Where the page begins: behind the last one shown, wherever that has moved. If it is gone, behind what was better.
    fn begins(&self, ranked: &[Ranked]) -> usize {
        let Some(after) = self.after else { return 0 };
        let shown = ranked.iter().position(|one| one.id == after.id);
        let better = |one: &Ranked| order((one.score, one.id), (after.score, after.id)).is_lt();
        shown.map_or_else(|| ranked.iter().take_while(|one| better(one)).count(), |shown| shown + 1)
    }

    /// The same with fragments of the texts of files, for the first files of a page.
    async fn with_texts(
        &self,
        entities: &Entities,
        mut groups: Vec<Group>,
    ) -> Result<Vec<Group>, StoreError> {
        let mut texts = Vec::new();
        for piece in groups.iter().flat_map(|group| &group.pieces) {
            if let Entity::File(file, _) = &piece.entity
                && texts.len() < TEXTS
            {
                texts.push(entities.text(file.as_ref().clone()));
            }
        }
        let texts: Vec<Option<String>> = stream::iter(texts).buffered(TEXTS_AT_ONCE).try_collect().await?;
        let mut texts = texts.into_iter();
        for piece in groups.iter_mut().flat_map(|group| &mut group.pieces) {
            if let Entity::File(_, text) = &mut piece.entity {
                let Some(read) = texts.next() else { break };
                *text = read;
                piece.fragments = self.fragments(&piece.entity);
            }
        }
        Ok(groups)
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
        let fragments = self.fragments(&entity);
        Piece { entity, fragments }
    }

    fn fragments(&self, entity: &Entity) -> Vec<Fragment> {
        let text = match entity {
            Entity::Memory(memory) => memory.body_text(),
            Entity::Message(message) => text_of(message),
            Entity::File(file, text) => text.clone().unwrap_or_else(|| name_of_file(file)),
        };
        let mut fragments = highlight(&text, self.query, Limits::default());
        if fragments.is_empty() {
            fragments.push(Fragment::beginning(&text, EXCERPT_CHARS));
        }
        fragments
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
