//! All facts of a person, and what one change does to them. They are changed together, because each is judged beside the others.

use std::collections::BTreeMap;

use crate::{
    Decision, Fact, FactChanges, FactId, FactRefusal, FactStatement, FactStatus, FactTerm, MergeReport,
    NewFact, Timestamp, UserId, decide,
};

/// All facts of a person, while they are changed.
#[derive(Debug, Clone)]
pub struct FactLedger {
    owner: UserId,
    before: BTreeMap<FactId, Fact>,
    facts: Vec<Fact>,
}

impl FactLedger {
    /// The most facts that are merged at once. What they change fits into one transaction.
    pub const MAX_AT_ONCE: usize = 20;

    /// All facts of a person.
    pub fn new(owner: UserId, facts: Vec<Fact>) -> Self {
        let before = facts.iter().map(|fact| (fact.id, fact.clone())).collect();
        Self { owner, before, facts }
    }

    /// Takes in what was found, one after the other.
    ///
    /// # Errors
    /// If it is too much at once, or more than a person can have.
    pub fn merge(&mut self, found: &[NewFact], now: Timestamp) -> Result<MergeReport, FactRefusal> {
        if found.len() > Self::MAX_AT_ONCE {
            return Err(FactRefusal::TooMany);
        }
        let mut report = MergeReport::default();
        for found in found {
            match decide(&self.facts, found) {
                Decision::Add => report.added.push(self.add(found, FactStatus::Active, now)),
                Decision::Review => report.review.push(self.add(found, FactStatus::Review, now)),
                Decision::Merge(id) => {
                    self.with(id, now, |fact| fact.restate(found))?;
                    report.merged.push(id);
                }
                Decision::Supersede(id) => {
                    let by = self.add(found, FactStatus::Active, now);
                    let until = found.valid_from.unwrap_or(found.source.said_at);
                    self.with(id, now, |fact| fact.supersede(by, until))?;
                    report.added.push(by);
                    report.superseded.push(id);
                }
                Decision::Known(_) => {}
            }
            report.dropped.extend(self.make_room(None)?);
        }
        report.tidy();
        self.drop_closed();
        Ok(report)
    }

    /// Lets a fact count, instead of those that cannot be true beside it.
    ///
    /// # Errors
    /// If it is not there, says what another says, or there is no room for it.
    pub fn accept(&mut self, id: FactId, now: Timestamp) -> Result<Fact, FactRefusal> {
        let accepted = self.get(id)?.clone();
        if !accepted.status.is_open() {
            self.check_unlike(&accepted)?;
        }
        let excluded = |fact: &&Fact| fact.status == FactStatus::Active && fact.excludes(&accepted);
        let excluded: Vec<FactId> = self.facts.iter().filter(excluded).map(|fact| fact.id).collect();
        for other in excluded {
            self.with(other, now, |fact| fact.supersede(id, now))?;
        }
        self.with(id, now, |fact| {
            fact.status = FactStatus::Active;
            fact.valid_until = None;
            fact.decided_at = Some(now);
        })?;
        self.make_room(Some(id))?;
        self.drop_closed();
        Ok(self.as_written(self.get(id)?))
    }

    /// Notes that a fact is not so.
    ///
    /// # Errors
    /// If it is not there.
    pub fn reject(&mut self, id: FactId, now: Timestamp) -> Result<Fact, FactRefusal> {
        if self.get(id)?.status != FactStatus::Rejected {
            self.with(id, now, |fact| {
                fact.status = FactStatus::Rejected;
                fact.decided_at = Some(now);
            })?;
        }
        let rejected = self.as_written(self.get(id)?);
        self.drop_closed();
        Ok(rejected)
    }

    /// Puts a fact right: its sentence, its value, or both.
    ///
    /// # Errors
    /// If it is not there, or would say what another says.
    pub fn edit(
        &mut self,
        id: FactId,
        statement: Option<&FactStatement>,
        value: Option<&FactTerm>,
        now: Timestamp,
    ) -> Result<Fact, FactRefusal> {
        self.with(id, now, |fact| {
            fact.statement = statement.unwrap_or(&fact.statement).clone();
            fact.value = value.unwrap_or(&fact.value).clone();
            fact.decided_at = Some(now);
        })?;
        let edited = self.get(id)?.clone();
        if edited.status.is_open() && value.is_some() {
            self.check_unlike(&edited)?;
        }
        Ok(self.as_written(&edited))
    }

    /// Forgets a fact.
    ///
    /// # Errors
    /// If it is not there.
    pub fn remove(&mut self, id: FactId) -> Result<(), FactRefusal> {
        self.get(id)?;
        self.facts.retain(|fact| fact.id != id);
        Ok(())
    }

    /// What has been changed so far.
    pub fn changes(&self) -> FactChanges {
        let changed = self.facts.iter().filter(|fact| self.before.get(&fact.id) != Some(*fact));
        let written = changed.map(|fact| self.as_written(fact)).collect();
        let removed = self.before.keys().filter(|id| self.get(**id).is_err()).copied();
        FactChanges { written, removed: removed.collect() }
    }

    /// A fact at the version at which it is written.
    fn as_written(&self, fact: &Fact) -> Fact {
        let before = self.before.get(&fact.id).filter(|before| *before != fact);
        let version = before.map_or(fact.version, |before| before.version.next());
        Fact { version, ..fact.clone() }
    }

    /// A fact as it was before any change.
    pub(crate) fn before(&self, id: FactId) -> Option<&Fact> {
        self.before.get(&id)
    }

    pub(crate) fn get(&self, id: FactId) -> Result<&Fact, FactRefusal> {
        self.facts.iter().find(|fact| fact.id == id).ok_or(FactRefusal::Missing)
    }

    pub(crate) fn with(
        &mut self,
        id: FactId,
        now: Timestamp,
        change: impl FnOnce(&mut Fact),
    ) -> Result<(), FactRefusal> {
        let fact = self.facts.iter_mut().find(|fact| fact.id == id).ok_or(FactRefusal::Missing)?;
        let updated_at = now.max(fact.updated_at);
        change(fact);
        fact.updated_at = updated_at;
        Ok(())
    }

    fn add(&mut self, found: &NewFact, status: FactStatus, now: Timestamp) -> FactId {
        let fact = Fact::new(self.owner, found.clone(), status, now);
        let id = fact.id;
        self.facts.push(fact);
        id
    }

    fn check_unlike(&self, fact: &Fact) -> Result<(), FactRefusal> {
        let same = |other: &&Fact| other.id != fact.id && other.status.is_open() && other.says_the_same(fact);
        self.facts.iter().find(same).map_or(Ok(()), |other| Err(FactRefusal::Same(other.id)))
    }

    /// Whether a fact can count again beside those that do.
    pub(crate) fn fits(&self, fact: &Fact) -> bool {
        let excluded = |other: &Fact| other.status == FactStatus::Active && other.excludes(fact);
        self.open() < Fact::MAX_OPEN && self.check_unlike(fact).is_ok() && !self.facts.iter().any(excluded)
    }

    fn open(&self) -> usize {
        self.facts.iter().filter(|fact| fact.status.is_open()).count()
    }

    /// Drops the weakest of those that wait for the person, while there are too many: the least certain, of these the one that was stated
    /// least often, of these the oldest.
    fn make_room(&mut self, besides: Option<FactId>) -> Result<Vec<FactId>, FactRefusal> {
        let mut dropped = Vec::new();
        while self.open() > Fact::MAX_OPEN {
            let waiting = self.facts.iter().filter(|fact| fact.status == FactStatus::Review);
            let weakest = waiting.filter(|fact| Some(fact.id) != besides).min_by(|a, b| {
                let strength = a.certainty.get().total_cmp(&b.certainty.get());
                strength.then((a.seen, a.id).cmp(&(b.seen, b.id)))
            });
            let weakest = weakest.ok_or(FactRefusal::Full)?.id;
            self.remove(weakest)?;
            dropped.push(weakest);
        }
        Ok(dropped)
    }

    /// Drops those that do not count any more, the longest so first, while there are too many.
    fn drop_closed(&mut self) {
        let closed = self.facts.iter().filter(|fact| !fact.status.is_open());
        let mut closed: Vec<_> = closed.map(|fact| (fact.updated_at, fact.id)).collect();
        closed.sort_unstable();
        let too_many = closed.len().saturating_sub(Fact::MAX_CLOSED);
        for (_, id) in closed.drain(..too_many) {
            self.facts.retain(|fact| fact.id != id);
        }
    }
}
