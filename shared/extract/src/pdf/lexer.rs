//! Tokens and objects of PDF (ISO 32000-2, 7.2 and 7.3), in files and in the streams of pages.

mod literals;

use crate::budget::Budget;
use crate::error::Flow;
use crate::pdf::object::{Dict, Object};

/// Objects are nested so deep; what is deeper is left out.
const MAX_DEPTH: usize = 32;

/// So many bytes are read for a step.
const BYTES_A_STEP: usize = 32;

/// So many parts are read of one object: it is in memory at once.
const MAX_PARTS: usize = 500_000;

/// A token: an object, or a word that is none.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    Object(Object),
    Word(&'a [u8]),
}

/// Reads from a place in bytes.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether two numbers and an R are a reference, which in streams of pages they are not.
    has_refs: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at: at.min(bytes.len()), has_refs: true }
    }

    /// For the stream of a page.
    pub(super) fn of_page(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, has_refs: false }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.bytes.len());
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take_while(&mut self, is_taken: impl Fn(u8) -> bool) -> &'a [u8] {
        let length = self.rest().iter().take_while(|byte| is_taken(**byte)).count();
        let taken = &self.rest()[..length];
        self.at += length;
        taken
    }

    pub(super) fn skip_blanks(&mut self) {
        loop {
            self.take_while(is_blank);
            if self.peek() != Some(b'%') {
                return;
            }
            self.take_while(|byte| !matches!(byte, b'\n' | b'\r'));
        }
    }

    /// Whether a word comes next. If so, goes behind it.
    pub(super) fn is_word(&mut self, word: &[u8]) -> bool {
        self.skip_blanks();
        let is_next = self.rest().starts_with(word);
        self.at += if is_next { word.len() } else { 0 };
        is_next
    }

    /// The object that comes next, if one does.
    pub(super) fn object(&mut self, budget: &mut Budget) -> Flow<Option<Object>> {
        match self.token(budget)? {
            Some(Token::Object(object)) => Ok(Some(object)),
            _ => Ok(None),
        }
    }

    /// What comes next. None at the end.
    pub(super) fn token(&mut self, budget: &mut Budget) -> Flow<Option<Token<'a>>> {
        let mut parts = MAX_PARTS;
        self.nested(budget, &mut parts, 0)
    }

    fn nested(&mut self, budget: &mut Budget, parts: &mut usize, depth: usize) -> Flow<Option<Token<'a>>> {
        let start = self.at;
        self.skip_blanks();
        let token = self.plain();
        // A long token costs more than a short one: a place in a file can be read again and again.
        budget.steps(1 + (self.at - start) / BYTES_A_STEP)?;
        if token.is_some() {
            return Ok(token);
        }
        let Some(first) = self.peek() else { return Ok(None) };
        let object = if first == b'[' {
            self.at += 1;
            self.array(budget, parts, depth + 1)?
        } else {
            self.at += 2;
            self.dict(budget, parts, depth + 1)?
        };
        Ok(Some(Token::Object(object)))
    }

    /// What comes next, if it has no parts.
    fn plain(&mut self) -> Option<Token<'a>> {
        let object = match self.peek()? {
            b'[' => return None,
            b'<' if self.rest().starts_with(b"<<") => return None,
            b'<' => Object::String(self.hex_string()),
            b'(' => Object::String(self.string()),
            b'/' => {
                self.at += 1;
                Object::Name(self.name())
            }
            b'+' | b'-' | b'.' | b'0'..=b'9' => self.number(),
            _ => return Some(self.word()),
        };
        Some(Token::Object(object))
    }

    fn word(&mut self) -> Token<'a> {
        if self.rest().starts_with(b">>") {
            self.at += 2;
            return Token::Word(b">>");
        }
        let word = self.take_while(is_regular);
        if word.is_empty() {
            let word = &self.rest()[..1];
            self.at += 1;
            return Token::Word(word);
        }
        match word {
            b"true" | b"false" => Token::Object(Object::Bool),
            b"null" => Token::Object(Object::Null),
            word => Token::Word(word),
        }
    }

    fn array(&mut self, budget: &mut Budget, parts: &mut usize, depth: usize) -> Flow<Object> {
        let mut items = Vec::new();
        while depth < MAX_DEPTH && *parts > 0 {
            *parts -= 1;
            match self.nested(budget, parts, depth)? {
                Some(Token::Object(object)) => items.push(object),
                Some(Token::Word(b"]")) | None => break,
                // It was not closed.
                Some(Token::Word(word @ (b">>" | b"endobj" | b"stream"))) => {
                    self.at -= word.len();
                    break;
                }
                Some(Token::Word(_)) => {}
            }
        }
        Ok(Object::Array(items))
    }

    fn dict(&mut self, budget: &mut Budget, parts: &mut usize, depth: usize) -> Flow<Object> {
        let mut dict = Dict::default();
        while depth < MAX_DEPTH && *parts > 0 {
            *parts -= 1;
            let key = match self.nested(budget, parts, depth)? {
                Some(Token::Object(Object::Name(key))) => key,
                Some(Token::Object(_)) => continue,
                Some(Token::Word(b">>")) | None => break,
                Some(Token::Word(word @ (b"endobj" | b"stream"))) => {
                    self.at -= word.len();
                    break;
                }
                Some(Token::Word(_)) => continue,
            };
            match self.nested(budget, parts, depth)? {
                Some(Token::Object(value)) => {
                    dict.0.insert(key, value);
                }
                Some(Token::Word(word @ (b">>" | b"endobj" | b"stream"))) => self.at -= word.len(),
                Some(Token::Word(_)) => {}
                None => break,
            }
        }
        Ok(Object::Dict(dict))
    }

    fn number(&mut self) -> Object {
        let digits = self.take_while(|byte| matches!(byte, b'+' | b'-' | b'.' | b'0'..=b'9'));
        let text = std::str::from_utf8(digits).unwrap_or_default();
        let Ok(integer) = text.parse::<i64>() else {
            // Some write `--5` and `1.2-3`.
            let text = text.trim_start_matches(['+', '-']);
            let end = text.find(['+', '-']).unwrap_or(text.len());
            let number = text[..end].parse::<f32>().ok().filter(|number| number.is_finite()).unwrap_or(0.0);
            return Object::Number(if digits.starts_with(b"-") { -number } else { number });
        };
        if self.has_refs
            && let Ok(number) = u32::try_from(integer)
            && digits[0].is_ascii_digit()
        {
            let mut ahead = self.clone();
            ahead.take_while(is_blank);
            let generation = ahead.take_while(|byte| byte.is_ascii_digit());
            let blanks = ahead.take_while(is_blank);
            let is_ref = matches!(generation.len(), 1..=5)
                && !blanks.is_empty()
                && ahead.peek() == Some(b'R')
                && !ahead.rest().get(1).is_some_and(|byte| is_regular(*byte));
            if is_ref {
                self.at = ahead.at + 1;
                return Object::Ref(number);
            }
        }
        Object::Integer(integer)
    }
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

pub(super) fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
