//! Memories for unit tests.

use app_domain::{MemoryId, Timestamp};

use crate::{Answer, AnswerRequest, BuiltIn, Document};

/// A memory saved `day` days after the first.
pub(crate) fn memory(day: i64, title: &str, text: &str) -> Document {
    let saved_at = Timestamp::from_millis(1_770_000_000_000 + day * 86_400_000).unwrap();
    let (title, text) = (title.to_owned(), text.to_owned());
    Document { id: MemoryId::new(saved_at), title, text, tags: Vec::new(), saved_at }
}

/// The answer to a question about all of the memories.
pub(crate) fn ask(question: &str, documents: &[Document]) -> Answer {
    BuiltIn.reply(&AnswerRequest {
        question: question.to_owned(),
        documents: documents.to_vec(),
        focus: None,
    })
}
