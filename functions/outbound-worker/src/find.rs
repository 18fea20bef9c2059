//! Memories, as they are listed in a chat. Those that only their owner can read are not told to WhatsApp.

use app_domain::{Memory, MemoryFilter, MemoryTitle, Privacy, Timestamp, UserId, one_line};
use app_index::{Entity, FindError, Group, SearchMode, SearchRequest, Subject};
use app_runtime::causes;
use jiff::tz::TimeZone;

use crate::App;
use crate::failure::Failure;

/// How many memories a list has.
const LISTED: usize = 5;
/// As many are read for it, as some may be sealed.
const READ: usize = 20;
/// No more text than this is read for it.
const READ_BYTES: usize = 1 << 20;
/// The most of a title, and of a text, that is shown.
const TITLE: usize = 80;
const SNIPPET: usize = 160;

const NOTHING_FOUND: &str = "I found nothing. Try other words, or ask with a question mark in front.";
const NOT_NOW: &str = "I cannot search right now. Try again in a moment.";
const NO_WORDS: &str = "What am I to look for? Say, for example: _find dentist last week_";
const NO_MEMORIES: &str = "There are no memories yet. Send something, and it is one.";

/// What is listed.
struct Row {
    title: String,
    at: Timestamp,
    snippet: String,
}

/// The memories that some words find.
pub(crate) async fn found(app: &App, owner: UserId, words: &str, now: Timestamp) -> Result<String, Failure> {
    if words.trim().is_empty() {
        return Ok(NO_WORDS.to_owned());
    }
    let (subject, filter) = dated(words, now);
    let request =
        SearchRequest { subject, mode: SearchMode::Hybrid, filter, key: 0, limit: LISTED, after: None, now };
    let found = match app.finder.find(owner, &request).await {
        Ok(found) => found,
        Err(FindError::Store(error)) => return Err(error.into()),
        Err(error) => {
            tracing::warn!(causes = causes(&error), "a search from a chat failed");
            return Ok(NOT_NOW.to_owned());
        }
    };
    let rows: Vec<Row> = found.groups.iter().filter_map(Row::of_group).collect();
    Ok(if rows.is_empty() { NOTHING_FOUND.to_owned() } else { listed(&rows, now) })
}

/// The latest memories.
pub(crate) async fn recent(app: &App, owner: UserId, now: Timestamp) -> Result<String, Failure> {
    let memories = app.memories.newest(owner, None, READ, READ_BYTES).await?;
    let rows: Vec<Row> = memories.iter().filter_map(Row::of).take(LISTED).collect();
    Ok(if rows.is_empty() { NO_MEMORIES.to_owned() } else { listed(&rows, now) })
}

/// The words without a time that they name for certain, which is a filter. Days are those of UTC: nobody knows where the phone is.
fn dated(words: &str, now: Timestamp) -> (Subject, MemoryFilter) {
    let named = jiff::Timestamp::from_millisecond(now.as_millis())
        .ok()
        .and_then(|now| app_dates::find(words, now.to_zoned(TimeZone::UTC)));
    let Some(named) = named else { return (Subject::Words(words.to_owned()), MemoryFilter::default()) };
    let subject = if named.rest.is_empty() { Subject::Anything } else { Subject::Words(named.rest) };
    // Both ends belong to a filter, so the last millisecond before the end is its last.
    let to = Timestamp::from_millis(named.to.as_millisecond() - 1);
    (subject, MemoryFilter { from: named.from.map(Timestamp::from), to, ..MemoryFilter::default() })
}

impl Row {
    fn of(memory: &Memory) -> Option<Self> {
        if memory.privacy == Privacy::Sealed {
            return None;
        }
        let (title, text) = (memory.title.as_ref().map(MemoryTitle::as_str), memory.body_text());
        let at = memory.created_at;
        Some(match title {
            Some(title) => Self { title: title.to_owned(), at, snippet: one_line(&text, SNIPPET) },
            None => Self { title: text, at, snippet: String::new() },
        })
    }

    /// A memory with the words around what was found, or a file on its own.
    fn of_group(group: &Group) -> Option<Self> {
        let fragments = group.body.iter().chain(group.pieces.iter().flat_map(|piece| &piece.fragments));
        let text = fragments.map(|fragment| fragment.text.as_str()).find(|text| !text.trim().is_empty());
        let snippet = text.map(|text| one_line(text, SNIPPET));
        match (&group.memory, group.pieces.first().map(|piece| &piece.entity)) {
            (Some(memory), _) => {
                let row = Self::of(memory)?;
                Some(Self { snippet: snippet.unwrap_or(row.snippet), ..row })
            }
            (None, Some(Entity::File(file, _))) => Some(Self {
                title: file.name.as_str().to_owned(),
                at: file.created_at,
                snippet: snippet.unwrap_or_default(),
            }),
            (None, _) => None,
        }
    }
}

fn listed(rows: &[Row], now: Timestamp) -> String {
    let rows = rows.iter().enumerate().map(|(place, Row { title, at, snippet })| {
        // Stars of its own would end the bold words.
        let title = one_line(&title.replace('*', ""), TITLE);
        let title = if title.is_empty() { "Untitled" } else { &title };
        let is_more = !snippet.is_empty() && snippet != title;
        let snippet = if is_more { format!("\n{snippet}") } else { String::new() };
        format!("{}. *{title}*, {}{snippet}", place + 1, day(*at, now))
    });
    rows.collect::<Vec<_>>().join("\n\n")
}

/// A day, as in `3 Nov`; with its year if that is another.
pub(crate) fn day(at: Timestamp, now: Timestamp) -> String {
    let date = |at: Timestamp| {
        jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(TimeZone::UTC).date()
    };
    let (date, today) = (date(at), date(now));
    let format = if date.year() == today.year() { "%-d %b" } else { "%-d %b %Y" };
    date.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_what_when_and_how_it_begins() {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let row = |title: &str, at: &str, snippet: &str| Row {
            title: title.to_owned(),
            at: at.parse().unwrap(),
            snippet: snippet.to_owned(),
        };
        let rows = [
            row("Dentist *new*", "2026-11-03T10:00:00Z", "Friday at 3"),
            row("", "2025-01-02T00:00:00Z", ""),
            row("Buy milk", "2026-11-21T10:00:00Z", "Buy milk"),
        ];
        assert_eq!(
            listed(&rows, now),
            "1. *Dentist new*, 3 Nov\nFriday at 3\n\n2. *Untitled*, 2 Jan 2025\n\n3. *Buy milk*, 21 Nov"
        );
    }

    #[test]
    fn a_time_among_the_words_is_a_filter() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let (subject, filter) = dated("dentist yesterday", now);
        assert_eq!(subject, Subject::Words("dentist".to_owned()));
        assert_eq!(filter.from, "2026-11-21T00:00:00Z".parse().ok());
        assert_eq!(filter.to, "2026-11-21T23:59:59.999Z".parse().ok());
        assert_eq!(dated("yesterday", now).0, Subject::Anything);
        let (subject, filter) = dated("dentist", now);
        assert_eq!(subject, Subject::Words("dentist".to_owned()));
        assert!(filter.from.is_none() && filter.to.is_none());
    }
}
