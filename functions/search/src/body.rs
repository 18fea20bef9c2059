//! Results as clients see them.

use app_domain::Timestamp;
use app_http::{ByCursor, CursorPagination, MemoryBody};
use app_index::{Entity, Found, Group, Piece, Position, SearchMode, SearchRequest, Subject};
use app_search::ScoreParts;
use app_search::text::Fragment;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The largest content that is shown. A page of a hundred must fit in one answer of a function, 6 MB with escapes, beside the highlights.
const CONTENT_MAX_BYTES: usize = 8 * 1024;

/// A page of results.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchPage {
    /// The best first.
    results: Vec<ResultBody>,
    /// Where the page ends.
    pagination: CursorPagination,
    /// What was searched for in the end.
    query: QueryBody,
    /// Something may be missing: the model did not answer and only words were searched, or the index is being made again.
    degraded: bool,
    /// How many memories, messages and files may not be found by their meaning yet, up to some thousands. Absent if nothing was searched
    /// by meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_embeddings: Option<u64>,
    /// With `explain`: how the results came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationBody>,
}

/// What was searched for in the end.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueryBody {
    /// The words, without those that named a time. Absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// `hybrid`, `text` or `semantic`.
    #[schema(example = "hybrid")]
    mode: &'static str,
    /// The time that was found among the words, and is now a filter. Search with `findDates=false` to have the words looked for instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    interpreted: Option<Interpreted>,
}

/// A time that was found among the words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Interpreted {
    /// As it was written.
    #[schema(example = "last week")]
    pub(crate) phrase: String,
    /// Its beginning. Absent if it has none, as "before 2024".
    #[serde(rename = "dateFrom", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) from: Option<Timestamp>,
    /// Its end, to the last millisecond.
    #[serde(rename = "dateTo")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) to: Timestamp,
}

/// A memory, or a file that belongs to none, with what was found of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ResultBody {
    /// The memory, as in lists. Absent for a file on its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<MemoryBody>,
    /// How well it fits. Only of use beside others of the same search.
    score: f32,
    /// What the score is made of.
    score_parts: PartsBody,
    /// Where the words stand in the memory.
    highlights: HighlightsBody,
    /// Messages and files that fit, the best first: up to three of a memory.
    matches: Vec<MatchBody>,
}

/// What a score is made of.
#[derive(Debug, Serialize, ToSchema)]
struct PartsBody {
    /// For being found by words.
    text: f32,
    /// For being found by meaning.
    vector: f32,
    /// For being recent.
    recency: f32,
}

/// Where the words stand in a memory: HTML, safe to show, in which they are in `<mark>`.
#[derive(Debug, Serialize, ToSchema)]
struct HighlightsBody {
    /// In its title: the title.
    title: Vec<String>,
    /// In its description and content: up to three stretches.
    body: Vec<String>,
}

/// A message or a file that was found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MatchBody {
    /// `message` or `file`.
    #[schema(example = "message")]
    kind: &'static str,
    /// Its id.
    id: Uuid,
    /// What the file is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// Where the words stand in it, or how it begins: HTML, safe to show.
    highlights: Vec<String>,
}

/// How results came about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ExplanationBody {
    /// How many memories, messages and files were searched.
    searched: u64,
    /// How many of them had changed since they were last indexed.
    changes: u64,
    /// How many were found by their words, at most 1,000.
    by_words: u64,
    /// How many were found by their meaning, at most 100.
    by_meaning: u64,
    /// The model that meaning was found by.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
}

impl SearchPage {
    pub(crate) fn new(
        request: &SearchRequest,
        found: Found,
        page: &ByCursor<Position>,
        interpreted: Option<Interpreted>,
        explains: bool,
    ) -> Self {
        let text = match &request.subject {
            Subject::Words(words) => Some(words.trim_end().to_owned()),
            Subject::Like(_) | Subject::Anything => None,
        };
        let mode = match request.mode {
            _ if matches!(request.subject, Subject::Like(_)) => "semantic",
            SearchMode::Hybrid => "hybrid",
            SearchMode::Text => "text",
            SearchMode::Semantic => "semantic",
        };
        let explanation = explains.then_some(ExplanationBody {
            searched: found.how.searched,
            changes: found.how.changes,
            by_words: found.how.by_words,
            by_meaning: found.how.by_meaning,
            model: found.how.model,
        });
        Self {
            results: found.groups.into_iter().map(ResultBody::from).collect(),
            pagination: page.ending(found.next),
            query: QueryBody { text, mode, interpreted },
            degraded: found.is_degraded,
            pending_embeddings: found.pending_embeddings,
            explanation,
        }
    }
}

impl From<Group> for ResultBody {
    fn from(group: Group) -> Self {
        let ScoreParts { text, vector, recency } = group.parts;
        Self {
            memory: group.memory.map(|memory| MemoryBody::within(memory, CONTENT_MAX_BYTES)),
            score: group.score,
            score_parts: PartsBody { text, vector, recency },
            highlights: HighlightsBody { title: html(&group.title), body: html(&group.body) },
            matches: group.pieces.into_iter().filter_map(MatchBody::of).collect(),
        }
    }
}

impl MatchBody {
    fn of(piece: Piece) -> Option<Self> {
        let highlights = html(&piece.fragments);
        match piece.entity {
            Entity::Memory(_) => None,
            Entity::Message(message) => Some(Self {
                kind: "message",
                id: message.id.as_uuid(),
                filename: None,
                created_at: message.created_at.to_string(),
                highlights,
            }),
            Entity::File(file, _) => Some(Self {
                kind: "file",
                id: file.id.as_uuid(),
                filename: Some(file.name.as_str().to_owned()),
                created_at: file.created_at.to_string(),
                highlights,
            }),
        }
    }
}

fn html(fragments: &[Fragment]) -> Vec<String> {
    fragments.iter().map(Fragment::html).collect()
}
