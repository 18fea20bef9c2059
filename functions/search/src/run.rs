//! Running a search, whichever way it came.

use app_domain::{Invalid, MemoryFilter, Timestamp, UserId};
use app_http::{ApiError, BestEffort, ByCursor, FieldErrors};
use app_index::{FindError, Finder, IndexJob, Position, Repair, SearchRequest, Subject};
use app_runtime::Queue;
use jiff::tz::TimeZone;

use crate::body::{Interpreted, SearchPage};
use crate::criteria::{Criteria, Wanted};

/// A search that somebody asked for.
pub(crate) struct Asked {
    pub(crate) owner: UserId,
    pub(crate) criteria: Criteria,
    pub(crate) page: ByCursor<Position>,
    pub(crate) explains: bool,
    pub(crate) now: Timestamp,
}

/// Runs a search, and has the index repaired if that turns out to be necessary.
pub(crate) async fn run(
    finder: &Finder,
    jobs: &Queue<IndexJob>,
    asked: Asked,
) -> Result<SearchPage, ApiError> {
    let Asked { owner, criteria, page, explains, now } = asked;
    let wanted = criteria.parse()?;
    if page.after.is_some_and(|after| after.of != wanted.key) {
        return Err(FieldErrors::one("cursor", &Invalid::new("belongs to another search")).into());
    }
    // All pages of "last week" are of the same week.
    let as_of = page.after.map_or(now, |after| after.as_of);
    let (wanted, interpreted) = dated(wanted, as_of);
    let request = SearchRequest {
        subject: wanted.subject.clone(),
        mode: wanted.mode,
        filter: wanted.filter,
        key: wanted.key,
        limit: page.limit() as usize,
        after: page.after,
        now,
    };
    let found = finder.find(owner, &request).await.map_err(|error| match error {
        FindError::NoMemory => ApiError::not_found("memory"),
        FindError::Model(error) => ApiError::unavailable(error),
        FindError::Store(error) => error.into(),
    })?;
    if let Some(repair) = found.repair {
        begin(repair, finder, jobs, owner, now).await;
    }
    Ok(SearchPage::new(&request, found, &page, interpreted, explains))
}

/// The same with a time that its words name for certain as a filter.
fn dated(wanted: Wanted, now: Timestamp) -> (Wanted, Option<Interpreted>) {
    let named = match (&wanted.subject, &wanted.zone) {
        (Subject::Words(words), Some(zone)) => named(words, zone, now),
        _ => None,
    };
    let Some((interpreted, rest)) = named else { return (wanted, None) };
    let subject = if rest.is_empty() { Subject::Anything } else { Subject::Words(rest) };
    let filter = MemoryFilter { from: interpreted.from, to: Some(interpreted.to), ..wanted.filter };
    (Wanted { subject, filter, ..wanted }, Some(interpreted))
}

/// The time that words name for certain, and the words without it.
fn named(words: &str, zone: &TimeZone, now: Timestamp) -> Option<(Interpreted, String)> {
    let now = jiff::Timestamp::from_millisecond(now.as_millis()).ok()?.to_zoned(zone.clone());
    let named = app_dates::find(words, now)?;
    let phrase = words.get(named.phrase.clone())?.to_owned();
    // Both ends belong to a filter, so the last millisecond before the end is its last.
    let to = Timestamp::from_millis(named.to.as_millisecond() - 1)?;
    Some((Interpreted { phrase, from: named.from.map(Timestamp::from), to }, named.rest))
}

/// The search has its answer: if this fails, a later one begins anew.
async fn begin(repair: Repair, finder: &Finder, jobs: &Queue<IndexJob>, owner: UserId, now: Timestamp) {
    let doing = "having an index repaired";
    if finder.claim(owner, repair, now).await.best_effort(doing) == Some(true) {
        let sent = jobs.send(&IndexJob::beginning(owner, repair)).await.best_effort(doing);
        if sent.is_none() {
            finder.release(owner, repair).await.best_effort(doing);
        }
    }
}
