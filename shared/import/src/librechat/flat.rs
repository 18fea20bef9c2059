//! Messages inside of messages, as LibreChat's recursive export has them, taken apart. A long chat is thousands of levels deep, which no
//! parser of JSON that calls itself can read, so that the text is walked through once, with the open messages on a list.

use std::ops::Range;

use crate::shape::end_of_text;

/// The most messages that are taken apart.
const MAX_MESSAGES: usize = 250_000;

/// A message without the messages in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it stands in the whole, without those in it: what is large is there but once.
    places: Vec<Range<usize>>,
    /// Which piece it was in.
    pub(crate) inside: Option<usize>,
}

impl Piece {
    /// A message that stands in the whole, with nothing to take out of it.
    pub(crate) fn whole(whole: &str, message: &str) -> Self {
        let begin = message.as_ptr().addr() - whole.as_ptr().addr();
        let mut piece = Self::default();
        piece.add(begin, begin + message.len());
        piece
    }

    /// Its JSON, in which `children` is an empty array.
    pub(crate) fn json(&self, whole: &str) -> String {
        self.places.iter().filter_map(|place| whole.get(place.clone())).collect::<Vec<_>>().concat()
    }

    /// Adds what stands there.
    fn add(&mut self, begin: usize, end: usize) {
        match self.places.last_mut() {
            Some(last) if last.end == begin => last.end = end,
            _ => self.places.push(begin..end),
        }
    }

    fn end(&self) -> usize {
        self.places.last().map_or(0, |place| place.end)
    }
}

/// An array or object that is open.
enum Open {
    /// An array of messages.
    Messages,
    /// The message with this number.
    Message(usize),
    /// Something else.
    Other,
}

/// The messages of an array, each before those in it. `None` if it is no array, or is broken.
pub(crate) fn flat(messages: &str) -> Option<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    // The messages that are open, and the last text that was a name or a value.
    let mut around: Vec<usize> = Vec::new();
    let (mut last, mut at) = ("", 0);
    while let Some(&byte) = messages.as_bytes().get(at) {
        let mut end = at + 1;
        match byte {
            b'"' => {
                end = end_of_text(messages.as_bytes(), at)?;
                last = messages.get(at..end)?;
            }
            b'[' => open.push(match open.last() {
                None => Open::Messages,
                Some(Open::Message(piece))
                    if last == "\"children\"" && is_value(&messages[..pieces[*piece].end()]) =>
                {
                    pieces[*piece].add(at, end);
                    Open::Messages
                }
                Some(_) => Open::Other,
            }),
            b'{' => open.push(match open.last()? {
                Open::Messages => {
                    if pieces.len() == MAX_MESSAGES {
                        return None;
                    }
                    pieces.push(Piece { places: Vec::new(), inside: around.last().copied() });
                    around.push(pieces.len() - 1);
                    Open::Message(pieces.len() - 1)
                }
                _ => Open::Other,
            }),
            b']' | b'}' => match open.pop()? {
                Open::Messages => {
                    if open.is_empty() {
                        return Some(pieces);
                    }
                    // The end of the array of those in it.
                    pieces[*around.last()?].add(at, end);
                    at = end;
                    continue;
                }
                Open::Message(piece) => {
                    around.pop();
                    pieces[piece].add(at, end);
                    at = end;
                    continue;
                }
                Open::Other => {}
            },
            _ => {
                // Up to the next byte that means something.
                let rest = &messages.as_bytes()[end..];
                end += rest.iter().position(|byte| b"\"[]{}".contains(byte)).unwrap_or(rest.len());
            }
        }
        // Between messages there are but commas.
        if !matches!(open.last(), None | Some(Open::Messages))
            && let Some(&piece) = around.last()
        {
            pieces[piece].add(at, end);
        }
        at = end;
    }
    None
}

/// Whether what comes next is the value of a member.
fn is_value(json: &str) -> bool {
    json.trim_end().ends_with(':')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn each_message_stands_alone() {
        let nested = r#"[ {"a": [1, {"children": [2]}], "children": [ {"b": "[{\"children\""}, {"children": []} ], "c": {}} , {"children":null}]"#;
        let pieces = flat(nested).unwrap();
        let read: Vec<(Value, Option<usize>)> = pieces
            .iter()
            .map(|piece| (serde_json::from_str(&piece.json(nested)).unwrap(), piece.inside))
            .collect();
        assert_eq!(
            read,
            [
                (json!({"a": [1, {"children": [2]}], "children": [], "c": {}}), None),
                (json!({"b": "[{\"children\""}), Some(0)),
                (json!({"children": []}), Some(0)),
                (json!({"children": null}), None),
            ]
        );
    }

    #[test]
    fn no_depth_is_too_deep() {
        let deep = format!("{}{}", r#"[{"children":"#.repeat(100_000), "[]") + &"}]".repeat(100_000);
        assert_eq!(flat(&deep).unwrap().len(), 100_000);
    }

    #[test]
    fn what_is_broken_is_none() {
        for broken in ["", "[", "{}", "[{]", "[\"", "[\"\\", "}", "\"children\"", "[{\"children\":[{"] {
            // A bracket of the wrong kind is for the parser to find.
            assert!(
                flat(broken).is_none_or(|pieces| pieces.iter().all(|piece| piece.json(broken) == "{}")),
                "{broken}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in r#"(\[|\]|\{|\}|"|children|\\|:|,|é| |1){0,60}"#) {
            for piece in flat(&text).unwrap_or_default() {
                let _ = piece.json(&text);
            }
        }
    }
}
