//! A language's table, ready to read queries with.

use std::collections::HashSet;
use std::ops::Range;

use app_text::language::Language;

use crate::meaning::{FIRST_YEAR, LAST_YEAR, Meaning, Reading, Relation, Slots};
use crate::names::{Names, Slot};
use crate::pattern::Pattern;
use crate::table::{EDGE, IN_DIGITS, SINCE, Table};
use crate::words::{Word, words};

/// A language's table, ready to read queries with.
#[derive(Debug)]
pub(crate) struct Grammar {
    pub(crate) language: Language,
    names: Names,
    leads: Vec<(Pattern, Relation)>,
    /// Sure alone and behind a lead.
    spans: Vec<Core>,
    /// Sure as they are.
    whole: Vec<Core>,
    since: Vec<Core>,
    edge: Vec<Core>,
    doubt_before: HashSet<String>,
    doubt_after: HashSet<String>,
    part_of: HashSet<String>,
}

/// A phrase without what leads it.
#[derive(Debug)]
struct Core {
    pattern: Pattern,
    meaning: Meaning,
    /// Whether it is words of other languages, too.
    is_shared: bool,
}

/// Words that a grammar understands.
#[derive(Debug)]
pub(crate) struct Match {
    /// How many.
    pub(crate) length: usize,
    pub(crate) reading: Reading,
    /// Whether they are only sure in a query of this language.
    pub(crate) is_shared: bool,
}

impl Grammar {
    /// What a table says.
    pub(crate) fn new(table: &Table) -> Self {
        let set = |list| words(list).into_iter().map(|word| word.text).collect();
        let mut spans = cores(table.spans);
        spans.extend(cores(IN_DIGITS));
        spans.extend(cores(table.shared).into_iter().map(|core| Core { is_shared: true, ..core }));
        Self {
            language: table.language,
            names: Names::new(table),
            leads: table.leads.iter().map(|(lead, relation)| (Pattern::parse(lead), *relation)).collect(),
            spans,
            whole: cores(table.whole),
            since: cores(SINCE),
            edge: cores(EDGE),
            doubt_before: set(table.doubt_before),
            doubt_after: set(table.doubt_after),
            part_of: set(table.part_of),
        }
    }

    /// The longest phrase that begins with the first of these words. Of equally long ones, the one that needs no lead.
    pub(crate) fn longest(&self, words: &[Word]) -> Option<Match> {
        let mut longest = None;
        self.offer(&mut longest, &self.spans, words, 0, Relation::In);
        self.offer(&mut longest, &self.whole, words, 0, Relation::In);
        for (lead, relation) in &self.leads {
            let Some((length, _)) = lead.longest(&self.names, words) else {
                continue;
            };
            let alone = match relation {
                Relation::In => &[][..],
                Relation::Since => &self.since,
                Relation::Before | Relation::After => &self.edge,
            };
            self.offer(&mut longest, &self.spans, words, length, *relation);
            self.offer(&mut longest, alone, words, length, *relation);
        }
        longest
    }

    /// Takes the longest of these behind so many words, if it is longer than what there is.
    fn offer(
        &self,
        longest: &mut Option<Match>,
        cores: &[Core],
        words: &[Word],
        lead: usize,
        relation: Relation,
    ) {
        for core in cores {
            let Some((length, slots)) = core.pattern.longest(&self.names, &words[lead..]) else {
                continue;
            };
            let length = lead + length;
            if longest.as_ref().is_none_or(|found| found.length < length) {
                let reading = Reading { relation, meaning: core.meaning, slots };
                *longest = Some(Match { length, reading, is_shared: core.is_shared && lead == 0 });
            }
        }
    }

    /// Whether what stands around a phrase may make it mean something else.
    pub(crate) fn doubts(&self, words: &[Word], at: &Range<usize>, reading: &Reading) -> bool {
        let (before, after) = (&words[..at.start], &words[at.end..]);
        self.doubts_before(before, &words[at.start]) || self.doubts_after(after, reading)
    }

    fn doubts_before(&self, before: &[Word], first: &Word) -> bool {
        let Some(last) = before.iter().rposition(|word| word.text != "'") else {
            return false;
        };
        let is_doubtful = self.doubt_before.contains(&before[last].text);
        // The number may be a day: "31 February 2025", which there is not.
        let may_be_day = before[last].number().is_some() && self.is_calendar(std::slice::from_ref(first));
        is_doubtful || may_be_day || self.is_calendar(&before[last..])
    }

    fn doubts_after(&self, after: &[Word], reading: &Reading) -> bool {
        let Some(next) = after.first() else {
            return false;
        };
        let is_part = matches!(reading.meaning, Meaning::This | Meaning::Last | Meaning::UpToNow)
            && self.part_of.contains(&next.text);
        // "In March 15" may be a day.
        let is_open = reading.meaning == Meaning::Month && next.number().is_some();
        let is_year =
            |word: &Word| word.number().is_some_and(|year| (FIRST_YEAR..=LAST_YEAR).contains(&year));
        // "Last week in June", "in 2023 and 2024".
        let goes_on = (0..after.len().min(2)).any(|at| self.is_calendar(&after[at..]) || is_year(&after[at]));
        self.doubt_after.contains(&next.text) || is_part || is_open || goes_on
    }

    /// Whether these words begin with a weekday or a month.
    fn is_calendar(&self, words: &[Word]) -> bool {
        let fills = |slot| self.names.fill(slot, words, Slots::default()).is_some();
        fills(Slot::Weekday) || fills(Slot::Month)
    }
}

fn cores(phrases: &[(&str, Meaning)]) -> Vec<Core> {
    phrases
        .iter()
        .map(|(pattern, meaning)| Core {
            pattern: Pattern::parse(pattern),
            meaning: *meaning,
            is_shared: false,
        })
        .collect()
}
