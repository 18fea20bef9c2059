//! The search itself: finds the documents of every word, weighs them, and keeps the best.

use app_domain::MemoryId;

use super::analysis::{Languages, each_language};
use super::corpus::{Corpus, Part};
use super::document::Filter;
use super::expand::{Kind, Variant, meant_words, near_words};
use super::filter::Resolved;
use super::matches::{Match, Scratch, find, find_phrase};
use super::plan;
use super::proximity;
use super::query::{Query, Term};
use super::rank::{Best, Scored};
use super::score::Scorer;
use crate::EntityId;

/// A word that fewer documents hold may be misspelt, or be spelled rightly where they misspell it: near words are looked
/// for, too. Of a large corpus, one document in a thousand.
const RARE: usize = 10;
/// From how many letters on a word also stands for the compounds that begin with it, in languages that write them as one.
const COMPOUND_LETTERS: usize = 5;
/// The places of words move hits by a few ranks, so only the first ones are asked for them. Fixed, so that a shorter list is
/// the beginning of a longer one.
const CONSIDERED: usize = 200;
/// Hits that hold less than this share of what the best hit holds of the query are left out.
const LEAST_COVERAGE: f32 = 0.3;

/// Something found by its words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextHit {
    /// What was found.
    pub id: EntityId,
    /// The memory that it belongs to, unless it is one.
    pub memory: Option<MemoryId>,
    /// How well it fits. Only of use beside other hits of the same search.
    pub score: f32,
}

/// A word or phrase of the query, and where it is found.
pub(super) struct Group<'q> {
    /// The word, unless it is a phrase.
    pub(super) term: Option<&'q Term>,
    pub(super) weight: f32,
    is_required: bool,
    /// Of each part of the corpus, the words that it stands for.
    pub(super) variants: Vec<Vec<Variant>>,
    /// Of each part of the corpus, the documents.
    matches: Vec<Vec<Match>>,
    /// What a match of each kind says.
    rarity: [f32; Kind::COUNT],
}

impl Group<'_> {
    /// What finding it says at all.
    pub(super) fn worth(&self) -> f32 {
        self.weight * self.rarity[Kind::Longer as usize]
    }
}

impl Corpus {
    /// The best `limit` hits of a query among what the filter allows, the best first. The filter decides who takes part,
    /// before anything is ranked; how rare a word is does not depend on it. Up to a `limit` of 200, fewer hits are the first
    /// of more.
    pub fn search(&self, query: &Query, filter: &Filter<'_>, limit: usize) -> Vec<TextHit> {
        if limit == 0 {
            return Vec::new();
        }
        let scorer = Scorer::new(&self.statistics);
        let mut scratch = Scratch::default();
        let groups = self.groups(query, &scorer, &mut scratch);
        let mut excluded: Vec<Vec<Match>> = Vec::new();
        for part in &self.parts {
            let of_part = query.excluded.iter().flat_map(|phrase| find_phrase(part, phrase, &mut scratch));
            excluded.push(of_part.collect());
        }
        let wanted = limit.max(CONSIDERED);
        let mut best = self.best(&groups, &excluded, &scorer, &Resolved::new(filter, self), wanted);
        proximity::add(self, &groups, &mut best);
        best.sort_unstable_by(Scored::compare);
        let most = best.iter().map(|hit| hit.coverage).fold(0.0, f32::max);
        // Who quotes a phrase has said what a hit must hold.
        best.retain(|hit| !query.required.is_empty() || hit.coverage >= LEAST_COVERAGE * most);
        best.truncate(limit);
        best.iter().map(|hit| self.hit(hit)).collect()
    }

    fn hit(&self, hit: &Scored) -> TextHit {
        let memory = self.parts.get(hit.part).and_then(|part| part.segment.memory(hit.document));
        TextHit { id: hit.id, memory, score: hit.rank() }
    }

    /// The words and phrases of the query that say something, each with its documents. None, if a phrase is nowhere.
    fn groups<'q>(&self, query: &'q Query, scorer: &Scorer, scratch: &mut Scratch) -> Vec<Group<'q>> {
        let languages = self.languages();
        let weights = plan::weights(query, self.main_languages());
        let mut groups = Vec::new();
        for phrase in &query.required {
            let matches: Vec<_> = self.parts.iter().map(|part| find_phrase(part, phrase, scratch)).collect();
            if matches.iter().all(Vec::is_empty) {
                return Vec::new();
            }
            groups.push(Group::new(None, 1.0, Vec::new(), matches, scorer));
        }
        for (term, weight) in query.terms.iter().zip(weights) {
            if weight > 0.0 {
                let (variants, matches) = self.matches(term, languages, scratch);
                groups.push(Group::new(Some(term), weight, variants, matches, scorer));
            }
        }
        groups
    }

    /// What a word stands for in each part, and where that is found.
    fn matches(
        &self,
        term: &Term,
        languages: Languages,
        scratch: &mut Scratch,
    ) -> (Vec<Vec<Variant>>, Vec<Vec<Match>>) {
        let begins = term.is_prefix || begins_compounds(term, languages);
        let all_variants = meant_words(self, term, languages, begins);
        let mut all_matches = Vec::with_capacity(self.parts.len());
        for (part, variants) in self.parts.iter().zip(&all_variants) {
            let mut matches = Vec::new();
            find(part, variants, scratch, &mut matches);
            all_matches.push(matches);
        }
        let found: usize = all_matches.iter().map(Vec::len).sum();
        // A word that somebody is still typing is not misspelt yet, as long as it is the beginning of one.
        let enough = if term.is_prefix { 1 } else { RARE.max(self.document_count() / 1000) };
        if term.has_near_words() && found < enough {
            for (part, matches) in self.parts.iter().zip(&mut all_matches) {
                find(part, &near_words(&part.segment, term), scratch, matches);
            }
        }
        (all_variants, all_matches)
    }

    /// The `wanted` documents with the highest scores, without regard to the places of words.
    fn best(
        &self,
        groups: &[Group<'_>],
        excluded: &[Vec<Match>],
        scorer: &Scorer,
        filter: &Resolved<'_>,
        wanted: usize,
    ) -> Vec<Scored> {
        let required = groups.iter().filter(|group| group.is_required).count() as u8;
        let mut best = Best::new(wanted);
        let mut scores: Vec<Sum> = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            scores.clear();
            scores.resize(part.segment.document_count(), Sum::default());
            for group in groups {
                group.add(number, part, scorer, &mut scores);
            }
            for exclusion in excluded.get(number).into_iter().flatten() {
                scores[exclusion.document as usize].score = 0.0;
            }
            for (document, sum) in (0..).zip(&scores) {
                if sum.score > 0.0 && sum.required == required {
                    let scored = Scored {
                        part: number,
                        document,
                        score: sum.score,
                        coverage: sum.coverage,
                        made_at: part.segment.made_at(document),
                        id: part.segment.id(document),
                    };
                    best.offer(scored, || filter.allows(part, number, document));
                }
            }
        }
        best.into_sorted()
    }
}

/// Whether a word may be the beginning of a compound.
pub(super) fn begins_compounds(term: &Term, languages: Languages) -> bool {
    let mut compounds = false;
    each_language(languages, |language| compounds |= language.compounds());
    compounds && term.typos() > 0 && term.folded.chars().count() >= COMPOUND_LETTERS
}

impl<'q> Group<'q> {
    fn new(
        term: Option<&'q Term>,
        weight: f32,
        variants: Vec<Vec<Variant>>,
        matches: Vec<Vec<Match>>,
        scorer: &Scorer,
    ) -> Self {
        let mut documents = [0_u32; Kind::COUNT];
        matches.iter().flatten().for_each(|found| documents[found.kind as usize] += 1);
        let mut up_to_here = 0;
        let rarity = documents.map(|of_kind| {
            up_to_here += of_kind;
            scorer.rarity(up_to_here)
        });
        Self { term, weight, is_required: term.is_none(), variants, matches, rarity }
    }

    /// Adds what its matches in a part are worth to the sums of the part's documents.
    fn add(&self, number: usize, part: &Part, scorer: &Scorer, sums: &mut [Sum]) {
        let worth = self.worth();
        for found in self.matches.get(number).into_iter().flatten() {
            let sum = &mut sums[found.document as usize];
            let of_kind = self.weight * found.kind.weight() * self.rarity[found.kind as usize];
            sum.score += of_kind * scorer.of(found, part.segment.lengths(found.document));
            sum.coverage += worth * found.kind.coverage();
            sum.required += u8::from(self.is_required);
        }
    }
}

/// What is known of a document while groups are added.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    score: f32,
    coverage: f32,
    /// How many of the required phrases it holds.
    required: u8,
}
