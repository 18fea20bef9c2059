//! What a question may be answered from: the best of a search by words and by meaning, as documents.

use app_ai::Document;
use app_domain::{Memory, MemoryFilter, MemoryTitle, Message, MessageText, Timestamp, UserId};
use app_index::{Entity, FindError, Finder, Found, Piece, SearchMode, SearchRequest, Subject};

/// How many memories a question is answered from, at most.
const MEMORIES: usize = 12;
/// Of a file's text, no more is looked at.
const MAX_FILE_BYTES: usize = 256 * 1024;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// The best first.
    pub(crate) documents: Vec<Document>,
    /// How many memories and what belongs to them were searched.
    pub(crate) searched: u64,
}

/// Looks for what a text may be answered from.
pub(crate) async fn gather(
    finder: &Finder,
    owner: UserId,
    text: &str,
    shows: impl Fn(&Memory) -> bool + Send,
    now: Timestamp,
) -> Result<Gathered, FindError> {
    let request = SearchRequest {
        subject: Subject::Words(text.to_owned()),
        mode: SearchMode::Hybrid,
        filter: MemoryFilter::default(),
        key: 0,
        limit: MEMORIES,
        after: None,
        now,
    };
    let Found { groups, how, .. } = finder.find(owner, &request).await?;
    let mut documents = Vec::new();
    for group in groups {
        // A file that belongs to no memory cannot be cited.
        if let Some(memory) = group.memory.filter(|memory| shows(memory)) {
            documents.push(with_pieces(&memory, &group.pieces));
        }
    }
    Ok(Gathered { documents, searched: how.searched })
}

/// A question as words to look for. In a search, quotes and hyphens say what must be found and what must not; in a sentence they do not.
pub(crate) fn without_signs(question: &str) -> String {
    let mut words = String::with_capacity(question.len());
    for c in question.chars() {
        let is_quote = matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '「' | '」' | '『' | '』');
        let is_sign = c == '-' && !words.ends_with(char::is_alphanumeric);
        words.push(if is_quote || is_sign { ' ' } else { c });
    }
    words
}

/// A memory as a document.
pub(crate) fn document(memory: &Memory) -> Document {
    Document {
        id: memory.id,
        title: memory
            .title
            .as_ref()
            .map_or_else(String::new, |title: &MemoryTitle| title.as_str().to_owned()),
        text: memory.body_text(),
        tags: memory.tags.iter().map(str::to_owned).collect(),
        saved_at: memory.created_at,
    }
}

/// A memory, with what people said under it. Memo does not lean on its own answers.
pub(crate) fn with_messages<'a>(memory: &Memory, messages: impl Iterator<Item = &'a Message>) -> Document {
    let said = messages.filter(|message| !message.is_ai_generated);
    let said = said
        .filter_map(|message| message.content.as_ref())
        .map(|text: &MessageText| text.as_str().to_owned());
    lengthened(document(memory), said)
}

fn with_pieces(memory: &Memory, pieces: &[Piece]) -> Document {
    let texts = pieces.iter().filter_map(|piece| match &piece.entity {
        Entity::Message(message) if !message.is_ai_generated => {
            message.content.as_ref().map(|text| text.as_str().to_owned())
        }
        Entity::File(_, text) => text.as_deref().map(beginning),
        Entity::Message(_) | Entity::Memory(_) => None,
    });
    lengthened(document(memory), texts)
}

fn lengthened(document: Document, further: impl Iterator<Item = String>) -> Document {
    let texts: Vec<String> =
        std::iter::once(document.text).chain(further).filter(|text| !text.is_empty()).collect();
    Document { text: texts.join("\n"), ..document }
}

fn beginning(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_FILE_BYTES)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_hyphens_of_a_sentence_demand_nothing() {
        let words = |text| without_signs(text).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words("What did “Salt Ledger” cost -roughly?"), "What did Salt Ledger cost roughly?");
        assert_eq!(words("Is heron-42 the \"wifi\" one – or -- not?"), "Is heron-42 the wifi one – or not?");
        assert_eq!(words("「鍵」はどこ?"), "鍵 はどこ?");
    }
}
