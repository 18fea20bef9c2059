//! What an object has in it, without taking it apart: whether it is a list of things in a wrapping, or a thing.

use std::io::{BufReader, Read};

use crate::ImportError;
use crate::lines::MAX_BYTES;
use crate::scan::{End, Scanner};
use crate::text::Utf8;

const PIECE_BYTES: usize = 64 * 1024;
/// The longest name of a member.
const NAME_BYTES: usize = 64 * 1024;

/// The members of an object.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Those that are arrays of objects.
    pub(crate) arrays: Vec<String>,
    /// The others.
    pub(crate) others: Vec<String>,
    /// All of it, if it is no larger than an element may be.
    pub(crate) whole: Option<Vec<u8>>,
}

/// The most arrays and other members that are told apart.
const MAX_MEMBERS: usize = 100;

/// What members the object has that a JSON text is.
pub(crate) fn arrays<R: Read>(reader: R) -> Result<Found, ImportError> {
    let mut found = Found::default();
    let mut scanner = Scanner::new(BufReader::with_capacity(PIECE_BYTES, Utf8::new(reader)));
    let mut whole = Whole::default();
    if scanner.peek()? == Some(b'{') {
        scanner.skip();
        whole.add(b"{");
        while let Some(b',' | b'"') = scanner.peek()? {
            if scanner.peek()? == Some(b',') {
                scanner.skip();
                whole.add(b",");
                continue;
            }
            let mut name = Vec::new();
            if scanner.member(&mut name, NAME_BYTES)? != End::Whole || scanner.peek()? != Some(b':') {
                break;
            }
            scanner.skip();
            whole.add(&name);
            whole.add(b":");
            let mut value = Vec::new();
            let end = scanner.member(&mut value, whole.left())?;
            let is_list =
                value.strip_prefix(b"[").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"));
            whole.add(&value);
            if end == End::TooLarge {
                whole.spoil();
            }
            let name = serde_json::from_slice::<String>(&name).unwrap_or_default();
            let kind = if is_list { &mut found.arrays } else { &mut found.others };
            if kind.len() < MAX_MEMBERS {
                kind.push(name);
            }
            if end == End::Cut {
                whole.spoil();
                break;
            }
        }
        whole.add(b"}");
    }
    found.whole = whole.0;
    Ok(found)
}

/// The text of an object, as long as it is not too large.
struct Whole(Option<Vec<u8>>);

impl Default for Whole {
    fn default() -> Self {
        Self(Some(Vec::new()))
    }
}

impl Whole {
    fn left(&self) -> usize {
        self.0.as_ref().map_or(0, |text| MAX_BYTES.saturating_sub(text.len()))
    }

    fn add(&mut self, piece: &[u8]) {
        if piece.len() > self.left() {
            self.spoil();
        }
        if let Some(text) = &mut self.0 {
            text.extend_from_slice(piece);
        }
    }

    fn spoil(&mut self) {
        self.0 = None;
    }
}
