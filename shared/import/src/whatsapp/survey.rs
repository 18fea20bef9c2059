//! What must be known of a chat before its messages can be read: found out in a first pass.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use jiff::civil::{DateTime, Time};

use super::authors::{self, Authors};
use super::body;
use super::lines::Lines;
use super::order::{Decision, Order, Orders};
use super::stamp::{Head, Layout, Stamp, head};

/// A layout that no more than this part of the messages has was pasted into one of them.
const PASTED: u64 = 5;
/// The name of a chat is found in one of its first messages.
const FIRST: u64 = 3;

/// What was found of one layout.
#[derive(Debug, Default)]
struct Part {
    count: u64,
    orders: Orders,
    authors: Authors,
    last: Option<Stamp>,
    is_vague: bool,
}

/// What is known of a chat.
#[derive(Debug)]
pub(super) struct Survey {
    /// How its dates are read, by how they are written.
    layouts: BTreeMap<Layout, Decision>,
    /// Who writes.
    pub authors: Authors,
    /// What iOS says it is called.
    pub name: Option<String>,
    /// When it begins.
    pub first: DateTime,
    /// When it ends.
    pub last: DateTime,
    /// What it begins with.
    pub beginning: String,
    /// How many messages it has.
    pub messages: u64,
    /// Whether halves of days are named in words that are not known.
    pub is_vague: bool,
}

impl Survey {
    /// Looks through a chat. `None` if there is no message in it.
    pub(super) fn of(
        lines: &mut Lines<impl BufRead>,
        is_day_first: Option<bool>,
    ) -> (Option<Self>, io::Result<()>) {
        let mut parts = BTreeMap::<Layout, Part>::new();
        let mut beginning: Option<(Stamp, String)> = None;
        let (mut name, mut heads) = (None, 0_u64);
        let end = loop {
            let line = match lines.next() {
                Ok(Some(line)) => line,
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            };
            let Some(Head { stamp, rest }) = (!line.is_piece).then(|| head(line.text)).flatten() else {
                continue;
            };
            if !is_date(&stamp) {
                continue;
            }
            heads += 1;
            if name.is_none() && heads <= FIRST && stamp.layout.is_bracketed {
                name = authors::split(rest)
                    .filter(|(_, said)| body::is_notice(said))
                    .map(|(name, _)| name.to_owned());
            }
            beginning.get_or_insert_with(|| (stamp, rest.chars().take(200).collect()));
            let part = parts.entry(stamp.layout).or_default();
            part.count += 1;
            part.orders.note(&stamp);
            part.authors.note(rest);
            part.last = Some(stamp);
            part.is_vague |= stamp.is_vague;
        };
        (beginning.and_then(|beginning| Self::made(parts, beginning, name, heads, is_day_first)), end)
    }

    fn made(
        parts: BTreeMap<Layout, Part>,
        (first, beginning): (Stamp, String),
        name: Option<String>,
        heads: u64,
        is_day_first: Option<bool>,
    ) -> Option<Self> {
        let mut survey = Self {
            layouts: BTreeMap::new(),
            authors: Authors::default(),
            name,
            first: DateTime::MAX,
            last: DateTime::MIN,
            beginning,
            messages: 0,
            is_vague: false,
        };
        for (layout, part) in parts {
            if layout != first.layout && part.count * PASTED < heads {
                continue;
            }
            survey.layouts.insert(layout, part.orders.decide(is_day_first));
            survey.authors.add(part.authors);
            survey.messages += part.count;
            survey.is_vague |= part.is_vague;
            if let Some(last) = part.last.and_then(|last| survey.local(&last)) {
                survey.last = survey.last.max(last);
            }
        }
        survey.first = survey.local(&first)?;
        survey.last = survey.last.max(survey.first);
        Some(survey)
    }

    /// When that is on the clock of its phone. `None` if it is no time of this chat.
    pub(super) fn local(&self, stamp: &Stamp) -> Option<DateTime> {
        let order = self.layouts.get(&stamp.layout)?.order;
        let read = |order: Order| order.read(stamp.date);
        let date = read(order).or_else(|| Order::ALL.into_iter().find_map(read))?;
        let part = |part: u8| i8::try_from(part).ok();
        let time = Time::new(part(stamp.hour)?, part(stamp.minute)?, part(stamp.second)?, 0).ok()?;
        Some(date.to_datetime(time))
    }

    /// Whether the order of day and month is a guess.
    pub(super) fn is_guess(&self) -> bool {
        self.layouts.values().any(|decision| decision.is_guess)
    }

    /// Whether some dates have another order.
    pub(super) fn is_mixed(&self) -> bool {
        self.layouts.values().any(|decision| decision.is_mixed)
    }
}

/// Whether it can be a date at all.
pub(super) fn is_date(stamp: &Stamp) -> bool {
    Order::ALL.into_iter().any(|order| order.read(stamp.date).is_some())
}
