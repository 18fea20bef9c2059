//! Questions to ask next, built from the titles and tags of memories that were not quoted.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::index::Index;
use crate::Document;
use crate::text::fold::normalise;
use crate::text::function_words::{FunctionWords, Weight};
use crate::text::quote::quotable;
use crate::text::sentences::sentences;
use crate::text::tokens::each_token;

const MAX_SUGGESTIONS: usize = 3;
const MAX_CHARS: usize = 60;
const MAX_BEGINNING_CHARS: usize = 40;

/// Up to three questions that the memories can answer: about the next best ones, then about a tag of what was found.
pub(crate) fn suggestions(
    documents: &[Document],
    ranked: &[usize],
    cited: &[usize],
    index: &Index<'_>,
) -> Vec<String> {
    let mut newest: Vec<usize> = (0..documents.len()).collect();
    newest.sort_by_key(|&at| Reverse(documents[at].saved_at));
    let mut asked: Vec<String> = Vec::new();
    let tag = cited.first().or(ranked.first()).and_then(|&at| shared_tag(documents, at));
    let titles_wanted = MAX_SUGGESTIONS - usize::from(tag.is_some());
    for &at in ranked.iter().chain(&newest).filter(|at| !cited.contains(at)) {
        if asked.len() == titles_wanted {
            break;
        }
        let label = label(&documents[at]);
        let question = format!("What did I save about “{label}”?");
        if names_something(&label, index, at) && !asked.contains(&question) {
            asked.push(question);
        }
    }
    asked.extend(tag.map(|tag| format!("What else did I save about “{}”?", quotable(tag, MAX_CHARS))));
    asked
}

/// What a memory may be called: its title or, without one, how it begins.
fn label(document: &Document) -> String {
    let title = quotable(&document.title, MAX_CHARS);
    if !title.is_empty() {
        return title;
    }
    let beginning = sentences(&document.text).into_iter().next();
    beginning.map_or_else(String::new, |range| quotable(&document.text[range], MAX_BEGINNING_CHARS))
}

/// The tag of a memory that most other memories share, if any does.
fn shared_tag(documents: &[Document], at: usize) -> Option<&str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for tag in documents.iter().flat_map(|document| &document.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    let shared =
        documents[at].tags.iter().map(String::as_str).filter(|tag| counts.get(tag).is_some_and(|&n| n > 1));
    // Of equally common tags the first one given: `max_by_key` would take the last.
    shared.rev().max_by_key(|tag| counts.get(tag).copied())
}

/// Whether a label has a word that a question about it would be answered by.
fn names_something(label: &str, index: &Index<'_>, at: usize) -> bool {
    let languages = [index.documents[at].language, index.question.language];
    let mut names = false;
    each_token(&normalise(label), |token| {
        let is_topic = |language| FunctionWords::get().weight(token.text, language) == Weight::Full;
        names |= token.text.chars().any(char::is_alphabetic) && languages.into_iter().all(is_topic);
    });
    names
}
