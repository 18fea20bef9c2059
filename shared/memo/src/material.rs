//! What Memo answers from: the person's own texts, each under a number that answers cite it by.

use app_ai::{Document, Retriever};
use app_domain::MemoryId;

/// Where a text that is too long is cut, if sentences end nowhere near.
const PASSAGE_CHARS: usize = 800;
/// What stands for passages that were left out.
const GAP: &str = "\n[…]\n";

/// The texts of one answer, in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Material {
    documents: Vec<Document>,
    /// Of each, whether it was given as a whole.
    whole: Vec<bool>,
}

impl Material {
    /// All of them.
    pub(crate) fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// Adds a text, or of one that is there that it was given as a whole. Returns its number.
    pub(crate) fn add(&mut self, document: Document, is_whole: bool) -> usize {
        let known = self.documents.iter().position(|other| other.id == document.id);
        let place = known.unwrap_or_else(|| {
            self.documents.push(document);
            self.whole.push(false);
            self.documents.len() - 1
        });
        self.whole[place] |= is_whole;
        place + 1
    }

    /// Whether the memory that has a number was given as a whole.
    pub(crate) fn is_whole(&self, number: usize) -> bool {
        number.checked_sub(1).and_then(|at| self.whole.get(at)).is_some_and(|whole| *whole)
    }

    /// The memory that has a number.
    pub(crate) fn memory(&self, number: usize) -> Option<MemoryId> {
        Some(self.documents.get(number.checked_sub(1)?)?.id)
    }
}

/// Of a text that is too long, the passages that say most about the question, in their order. `tokens` measures texts.
pub(crate) fn fitting(
    mut document: Document,
    question: &str,
    max_tokens: u32,
    tokens: impl Fn(&str) -> u32,
) -> Document {
    if tokens(&document.text) <= max_tokens {
        return document;
    }
    let passages = passages(&document.text);
    let parts: Vec<Document> =
        passages.iter().map(|part| Document { text: (*part).to_owned(), ..document.clone() }).collect();
    let ranked = Retriever.rank(question, &parts);
    // What says nothing about the question comes last, in its order: a text that does not name its subject begins with it.
    let rest = (0..parts.len()).filter(|at| !ranked.iter().any(|hit| hit.document == *at));
    let (mut left, mut kept) = (max_tokens, Vec::new());
    for at in ranked.iter().map(|hit| hit.document).chain(rest) {
        let cost = tokens(passages[at]).saturating_add(tokens(GAP));
        if cost > left {
            break;
        }
        left -= cost;
        kept.push(at);
    }
    kept.sort_unstable();
    document.text = joined(&passages, &kept);
    document
}

fn joined(passages: &[&str], kept: &[usize]) -> String {
    let mut text = String::new();
    let mut next = 0;
    for &at in kept {
        if at > next {
            text.push_str(GAP);
        }
        text.push_str(passages[at]);
        next = at + 1;
    }
    if next < passages.len() {
        text.push_str(GAP);
    }
    text
}

/// Splits a text where lines or sentences end, into parts of about the same size.
fn passages(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((limit, _)) = rest.char_indices().nth(PASSAGE_CHARS) {
        let head = &rest[..limit];
        let ends = [head.rfind('\n'), head.rfind(". ").map(|at| at + 1), head.rfind('。').map(|at| at + 2)];
        let end = ends.into_iter().flatten().max().filter(|&at| at > limit / 2);
        let end = end.or_else(|| head.rfind(' ')).map_or(limit, |at| at + 1);
        let (part, further) = rest.split_at(end);
        parts.push(part);
        rest = further;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

#[cfg(test)]
mod tests {
    use app_domain::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn document(text: &str) -> Document {
        Document {
            id: Uuid::from_u128(1).into(),
            title: "Cabin".to_owned(),
            text: text.to_owned(),
            tags: Vec::new(),
            saved_at: Timestamp::from_millis(0).unwrap(),
        }
    }

    fn bytes(text: &str) -> u32 {
        u32::try_from(text.len()).unwrap()
    }

    #[test]
    fn a_text_has_one_number() {
        let mut material = Material::default();
        assert_eq!((material.add(document("a"), false), material.is_whole(1)), (1, false));
        assert_eq!((material.add(document("a"), true), material.is_whole(1)), (1, true));
        assert_eq!((material.add(document("a"), false), material.is_whole(1)), (1, true));
        assert!(!material.is_whole(0) && !material.is_whole(2));
        assert_eq!(material.memory(1), Some(Uuid::from_u128(1).into()));
        assert_eq!((material.memory(0), material.memory(2)), (None, None));
    }

    #[test]
    fn what_is_asked_for_is_kept_of_a_long_text() {
        let filler = "The walk to the lake takes an hour. ".repeat(400);
        let text = format!("{filler}The wifi password is heron-42. {filler}");
        let fitted = fitting(document(&text), "What is the wifi password?", 2_000, bytes);
        assert!(fitted.text.contains("heron-42") && fitted.text.len() <= 2_000 && fitted.text.contains(GAP));
        assert_eq!(fitting(document("short"), "?", 2_000, bytes), document("short"));
    }

    #[test]
    fn passages_lose_nothing_wherever_they_end() {
        for text in
            ["", "word ".repeat(900).as_str(), &"鍵".repeat(2_000), &"a\n\n".repeat(800), &"。é".repeat(900)]
        {
            assert_eq!(passages(text).concat(), *text);
        }
    }

    #[test]
    fn no_room_keeps_nothing() {
        assert_eq!(fitting(document(&"word ".repeat(900)), "word", 10, bytes).text, GAP);
    }
}
