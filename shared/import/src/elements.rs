//! The elements of a JSON array, one after the other, however large the array is. Brackets and strings are followed without
//! taking the text apart, so that an element that is broken, or too large, does not take those behind it with it.

use std::io::{self, BufReader, Read};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::ImportError;
use crate::lines::TOO_LARGE;
use crate::loose::is_too_much;
use crate::scan::{End, Scanner};
use crate::text::Utf8;

/// Members beside the array are kept up to this size, and so many bytes of them in all.
const KEPT_BYTES: usize = 1024 * 1024;
const PIECE_BYTES: usize = 64 * 1024;

/// An element of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Which it is, from 1.
    pub(crate) number: u64,
    /// Its JSON, which may still be wrong in itself; or why it cannot be read.
    pub(crate) json: Result<Vec<u8>, &'static str>,
}

impl Element {
    /// What it holds.
    ///
    /// # Errors
    /// In words for the person, if it is broken or is something else. They do not repeat what is in it.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, String> {
        parse(self.json.as_ref().map_err(|reason| (*reason).to_owned())?)
    }
}

/// What JSON holds.
///
/// # Errors
/// In words for the person. They do not repeat what is in it.
pub(crate) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    if is_too_much(json) {
        return Err("There are more values in it than can be read.".to_owned());
    }
    serde_json::from_slice(json).map_err(|error| reason(&error))
}

/// Why JSON is not what it should be. The words of the library may repeat what the text says.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data => {
            let text = error.to_string();
            match text.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
                Some((name, _)) => format!("It lacks “{name}”."),
                None => format!(
                    "A value in it is not what it should be (line {}, column {}).",
                    error.line(),
                    error.column()
                ),
            }
        }
        _ => format!("It is no JSON that can be read (line {}, column {}).", error.line(), error.column()),
    }
}

/// Where reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    Inside,
    Behind,
    Done,
}

/// The elements of the array that a JSON text is, or that its member of a name is.
pub(crate) struct Elements<'a, R> {
    scanner: Scanner<BufReader<Utf8<R>>>,
    member: Option<&'a str>,
    state: State,
    number: u64,
    is_found: bool,
    others: Map<String, Value>,
    kept_bytes: usize,
}

/// The elements of the array that a JSON text is, or that its member of a name is.
pub(crate) fn elements<R: Read>(reader: R, member: Option<&str>) -> Elements<'_, R> {
    let reader = BufReader::with_capacity(PIECE_BYTES, Utf8::new(reader));
    Elements {
        scanner: Scanner::new(reader),
        member,
        state: State::Before,
        number: 0,
        is_found: false,
        others: Map::new(),
        kept_bytes: 0,
    }
}

impl<R: Read> Elements<'_, R> {
    /// Whether there is such an array, once an element was asked for.
    pub(crate) fn is_found(&self) -> bool {
        self.is_found
    }

    /// The members beside the array that have been read, if they are small: those before it once an element was asked for, all of
    /// them at the end.
    pub(crate) fn others(&self) -> &Map<String, Value> {
        &self.others
    }

    /// Whether something in it was no character, as far as it has been read.
    pub(crate) fn has_mistakes(&self) -> bool {
        self.scanner.reader().get_ref().has_mistakes()
    }

    /// What it was read from.
    pub(crate) fn into_inner(self) -> R {
        self.scanner.into_reader().into_inner().into_inner()
    }

    fn element(&mut self) -> io::Result<Option<Element>> {
        if self.state == State::Before {
            self.state = State::Done;
            if self.begin()? {
                (self.is_found, self.state) = (true, State::Inside);
            }
        }
        while self.state == State::Inside {
            match self.scanner.peek()? {
                Some(b',') => self.scanner.skip(),
                Some(b']') => {
                    self.scanner.skip();
                    self.state = State::Behind;
                    if self.member.is_some() {
                        self.members(None)?;
                        if self.scanner.peek()? == Some(b'}') {
                            self.scanner.skip();
                        }
                    }
                }
                // A bracket that nothing was opened with.
                Some(b'}' | b':') => {
                    self.scanner.skip();
                    self.number += 1;
                    let json = Err("Its brackets do not fit together.");
                    self.scanner.junk();
                    if self.scanner.is_hopeless() {
                        self.state = State::Done;
                    }
                    return Ok(Some(Element { number: self.number, json }));
                }
                Some(_) => return self.value().map(Some),
                None => {
                    self.state = State::Done;
                    self.number += 1;
                    let json = Err("The file ends in the middle: what came behind is missing.");
                    return Ok(Some(Element { number: self.number, json }));
                }
            }
        }
        if self.state == State::Behind {
            self.state = State::Done;
            let is_more = self.scanner.peek()?.is_some();
            // Whether all of it is as it should be is known at its end.
            self.scanner.drain()?;
            if is_more {
                self.number += 1;
                let json = Err("Something stands behind the end of the list, which is not read.");
                return Ok(Some(Element { number: self.number, json }));
            }
        }
        Ok(None)
    }

    fn value(&mut self) -> io::Result<Element> {
        let mut json = Vec::new();
        let end = self.scanner.element(&mut json)?;
        self.number += 1;
        let json = match end {
            End::Whole => {
                while json.last().is_some_and(u8::is_ascii_whitespace) {
                    json.pop();
                }
                Ok(json)
            }
            End::TooLarge => Err(TOO_LARGE),
            End::Broken => Err("It is broken: its quotes or brackets do not fit together."),
            End::Cut => Err("The file ends in the middle of it."),
        };
        if end == End::Cut {
            self.state = State::Done;
        }
        Ok(Element { number: self.number, json })
    }

    /// Goes to the first element.
    fn begin(&mut self) -> io::Result<bool> {
        let Some(member) = self.member else {
            let is_array = self.scanner.peek()? == Some(b'[');
            self.scanner.skip();
            return Ok(is_array);
        };
        if self.scanner.peek()? != Some(b'{') {
            return Ok(false);
        }
        self.scanner.skip();
        self.members(Some(member))
    }

    /// Reads members of the object, until one of a name that is an array.
    fn members(&mut self, wanted: Option<&str>) -> io::Result<bool> {
        loop {
            match self.scanner.peek()? {
                Some(b',') => self.scanner.skip(),
                Some(b'"') => {
                    let mut name = Vec::new();
                    if self.scanner.member(&mut name, KEPT_BYTES)? != End::Whole
                        || self.scanner.peek()? != Some(b':')
                    {
                        return Ok(false);
                    }
                    self.scanner.skip();
                    let name: Option<String> = serde_json::from_slice(&name).ok();
                    if self.scanner.peek()? == Some(b'[') && wanted.is_some() && name.as_deref() == wanted {
                        self.scanner.skip();
                        return Ok(true);
                    }
                    let mut value = Vec::new();
                    let end = self.scanner.member(&mut value, KEPT_BYTES - self.kept_bytes)?;
                    self.keep(name, &value, end);
                    if matches!(end, End::Cut | End::Broken) {
                        return Ok(false);
                    }
                }
                _ => return Ok(false),
            }
        }
    }

    fn keep(&mut self, name: Option<String>, value: &[u8], end: End) {
        if let (End::Whole, Some(name), Ok(value)) = (end, name, serde_json::from_slice(value)) {
            self.kept_bytes += 64;
            self.others.insert(name, value);
        }
        self.kept_bytes = (self.kept_bytes + value.len()).min(KEPT_BYTES);
    }
}

impl<R: Read> Iterator for Elements<'_, R> {
    type Item = Result<Element, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.element() {
            Ok(element) => element.map(Ok),
            Err(error) => {
                self.state = State::Done;
                Some(Err(error.into()))
            }
        }
    }
}
