//! Answering a question: find the memories, read the best ones closely, and draft an answer from what they say.

use std::cmp::Reverse;

use super::draft::Draft;
use super::evidence::{Evidence, RELEVANT, weigh};
use super::index::{Index, languages};
use super::question::Question;
use super::rank::rank;
use crate::{Answer, AnswerRequest, Document};

/// Memories beyond this rank are not read closely.
const CLOSE_READING: usize = 24;
/// Answers whose standings are closer than this are equally good: then the later memory comes first.
const SAME_SCORE: f32 = 0.05;
/// The same, when what was saved last is asked for.
const SAME_SCORE_IF_RECENT: f32 = 0.3;

/// Answers a question.
pub(crate) fn reply(request: &AnswerRequest) -> Answer {
    let focused: Vec<Document>;
    let documents = match request.focus {
        None => &request.documents,
        Some(id) => {
            focused = request.documents.iter().filter(|document| document.id == id).cloned().collect();
            &focused
        }
    };
    let (language, per_document) = languages(&request.question, documents);
    let question = Question::read(&request.question, language, &per_document);
    let mut index = Index::read(&question, documents, &per_document);
    let ranked: Vec<usize> = rank(&index, documents).iter().map(|hit| hit.document).collect();
    let mut found: Vec<Evidence> =
        ranked.iter().take(CLOSE_READING).filter_map(|&at| weigh(&mut index, documents, at)).collect();
    sort(&mut found, documents, question.recent);
    found.retain(|evidence| evidence.best().relevance >= RELEVANT);

    let mut draft = Draft::new(documents, &index);
    match (request.focus, documents.as_slice()) {
        (Some(_), [document]) => draft.about_one(&question, found.first(), document),
        _ if question.has_topic() => draft.quote_best(&question, &found),
        _ if question.recent => draft.latest(),
        _ => draft.ask_back(),
    }
    draft.finish(&question, &ranked)
}

/// The best first. Standings that hardly differ are taken for equal, and the later memory wins.
fn sort(found: &mut [Evidence], documents: &[Document], recent: bool) {
    let step = if recent { SAME_SCORE_IF_RECENT } else { SAME_SCORE };
    // Standings lie between 0 and 2, so the steps are few.
    let steps = |evidence: &Evidence| (evidence.standing / step).round() as u32;
    found.sort_by_key(|evidence| Reverse((steps(evidence), documents[evidence.document].saved_at)));
}
