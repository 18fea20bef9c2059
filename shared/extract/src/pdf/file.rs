//! Where the objects of a PDF file are.
//!
//! The tables that say so are not read: they are wrong in many files, and may lead in circles. Looked for are the objects themselves,
//! from the beginning to the end; of several with one number, the last holds. That is what readers do with broken files, and it costs no
//! more than one pass.

mod beginning;

use std::collections::HashMap;

use beginning::id_before;
use memchr::memmem;

use super::filters::{MAX_FILTERS, unpack};
use super::lexer::Lexer;
use super::object::{Dict, Object, Stream};
use crate::budget::Budget;
use crate::error::Flow;

/// No more objects are known.
const MAX_OBJECTS: usize = 2_000_000;

/// References to references are followed so far.
const MAX_REFS: usize = 8;

/// So many bytes are searched for a step.
const BYTES_A_STEP: usize = 256;

#[derive(Debug, Clone, Copy)]
enum Place {
    /// In the file.
    Plain(usize),
    /// In an object stream.
    Packed { stream: usize, at: usize },
}

/// A file, and what was found in it.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    /// Of each object, where it is, and where in the file that was said, which for those in a stream is where the stream is.
    places: HashMap<u32, (usize, Place)>,
    packed: Vec<Vec<u8>>,
    /// What the trailers say, the last one last.
    pub(super) trailers: Vec<Dict>,
    /// Objects that say they are pages, in the order of the file.
    pub(super) pages: Vec<u32>,
    pub(super) catalog: Option<u32>,
}

impl<'a> File<'a> {
    pub(super) fn open(bytes: &'a [u8], budget: &mut Budget) -> Flow<Self> {
        let mut file = Self {
            bytes,
            places: HashMap::new(),
            packed: Vec::new(),
            trailers: Vec::new(),
            pages: Vec::new(),
            catalog: None,
        };
        let mut object_streams = Vec::new();
        let mut behind = 0;
        for at in memmem::find_iter(bytes, b"obj") {
            if at < behind || file.places.len() >= MAX_OBJECTS {
                continue;
            }
            let Some(id) = id_before(&bytes[behind..at]) else { continue };
            let start = at + b"obj".len();
            file.places.insert(id, (at, Place::Plain(start)));
            let mut lexer = Lexer::new(bytes, start);
            let object = lexer.object(budget)?;
            behind = lexer.at();
            let Some(Object::Dict(dict)) = object else { continue };
            match file.stream_behind(&mut lexer, &dict, budget)? {
                Some(range) => {
                    behind = range.end;
                    if dict.is_of_type("XRef") {
                        file.trailers.push(dict);
                    } else if dict.is_of_type("ObjStm") {
                        object_streams.push((at, Stream { dict, bytes: range }));
                    }
                }
                None if dict.is_of_type("Page") => file.pages.push(id),
                None if dict.is_of_type("Catalog") => file.catalog = Some(id),
                None => {}
            }
        }
        for at in memmem::find_iter(bytes, b"trailer") {
            if let Some(Object::Dict(dict)) = Lexer::new(bytes, at + b"trailer".len()).object(budget)? {
                file.trailers.push(dict);
            }
        }
        if !file.is_encrypted() {
            for (at, stream) in object_streams {
                file.unpack_objects(at, &stream, budget)?;
            }
        }
        Ok(file)
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.trailers.iter().any(|trailer| !matches!(trailer.get("Encrypt"), None | Some(Object::Null)))
    }

    /// Notes where the objects of an object stream are (ISO 32000-2, 7.5.7).
    fn unpack_objects(&mut self, position: usize, stream: &Stream, budget: &mut Budget) -> Flow {
        let unpacked = self.unpacked(stream, budget)?;
        let first = stream.dict.get("First").and_then(Object::size).unwrap_or(0);
        let mut numbers = Lexer::of_page(&unpacked[..first.min(unpacked.len())]);
        let number = self.packed.len();
        while let Some(Object::Integer(id)) = numbers.object(budget)?
            && let Some(offset) = numbers.object(budget)?.as_ref().and_then(Object::size)
            && self.places.len() < MAX_OBJECTS
        {
            let Ok(id) = u32::try_from(id) else { continue };
            let place = (position, Place::Packed { stream: number, at: first.saturating_add(offset) });
            let known = self.places.entry(id).or_insert(place);
            if known.0 <= position {
                *known = place;
            }
            let mut lexer = Lexer::new(&unpacked, first.saturating_add(offset));
            // A look at what it is, as at those that are not packed.
            if let Some(Object::Dict(dict)) = lexer.object(budget)? {
                if dict.is_of_type("Page") {
                    self.pages.push(id);
                } else if dict.is_of_type("Catalog") {
                    self.catalog = Some(id);
                }
            }
        }
        self.packed.push(unpacked);
        Ok(())
    }

    /// Where the bytes of a stream are, if one comes next.
    fn stream_behind(
        &self,
        lexer: &mut Lexer<'_>,
        dict: &Dict,
        budget: &mut Budget,
    ) -> Flow<Option<std::ops::Range<usize>>> {
        if !lexer.is_word(b"stream") {
            return Ok(None);
        }
        match lexer.rest() {
            [b'\r', b'\n', ..] => lexer.skip(2),
            [b'\r' | b'\n', ..] => lexer.skip(1),
            _ => {}
        }
        let start = lexer.at();
        let length = match dict.get("Length") {
            Some(Object::Ref(id)) => self.object(*id, budget)?.as_ref().and_then(Object::size),
            length => length.and_then(Object::size),
        };
        if let Some(end) =
            length.and_then(|length| start.checked_add(length)).filter(|end| *end <= self.bytes.len())
            && Lexer::new(self.bytes, end).is_word(b"endstream")
        {
            return Ok(Some(start..end));
        }
        // The length is wrong, or is known later only.
        let end = memmem::find(lexer.rest(), b"endstream").map_or(self.bytes.len(), |length| start + length);
        budget.steps((end - start) / BYTES_A_STEP)?;
        Ok(Some(start..end))
    }

    /// The object of a number.
    pub(super) fn object(&self, id: u32, budget: &mut Budget) -> Flow<Option<Object>> {
        match self.places.get(&id) {
            Some((_, Place::Plain(at))) => Lexer::new(self.bytes, *at).object(budget),
            Some((_, Place::Packed { stream, at })) => match self.packed.get(*stream) {
                Some(bytes) => Lexer::new(bytes, *at).object(budget),
                None => Ok(None),
            },
            None => Ok(None),
        }
    }

    /// The stream of a number.
    pub(super) fn stream(&self, id: u32, budget: &mut Budget) -> Flow<Option<Stream>> {
        let Some((_, Place::Plain(at))) = self.places.get(&id) else { return Ok(None) };
        let mut lexer = Lexer::new(self.bytes, *at);
        let Some(Object::Dict(dict)) = lexer.object(budget)? else { return Ok(None) };
        let range = self.stream_behind(&mut lexer, &dict, budget)?;
        Ok(range.map(|bytes| Stream { dict, bytes }))
    }

    /// What an object is, if it is a reference, else itself.
    pub(super) fn resolved(&self, object: Object, budget: &mut Budget) -> Flow<Object> {
        let mut object = object;
        for _ in 0..MAX_REFS {
            let Object::Ref(id) = object else { return Ok(object) };
            object = self.object(id, budget)?.unwrap_or(Object::Null);
        }
        Ok(Object::Null)
    }

    /// What stands at a key of a dictionary.
    pub(super) fn at(&self, dict: &Dict, key: &str, budget: &mut Budget) -> Flow<Object> {
        match dict.get(key) {
            Some(object) => self.resolved(object.clone(), budget),
            None => Ok(Object::Null),
        }
    }

    /// The dictionary at a key of a dictionary.
    pub(super) fn dict_at(&self, dict: &Dict, key: &str, budget: &mut Budget) -> Flow<Option<Dict>> {
        match self.at(dict, key, budget)? {
            Object::Dict(dict) => Ok(Some(dict)),
            _ => Ok(None),
        }
    }

    /// The bytes of a stream as they were before they were packed. None of pictures.
    pub(super) fn unpacked(&self, stream: &Stream, budget: &mut Budget) -> Flow<Vec<u8>> {
        let filters = match self.at(&stream.dict, "Filter", budget)? {
            Object::Array(filters) => filters,
            Object::Null => Vec::new(),
            filter => vec![filter],
        };
        let parameters = match self.at(&stream.dict, "DecodeParms", budget)? {
            Object::Array(parameters) => parameters,
            parameters => vec![parameters],
        };
        // What is not packed is copied too, and can be named again and again.
        budget.steps(stream.bytes.len() / BYTES_A_STEP)?;
        let mut bytes = self.bytes[stream.bytes.clone()].to_vec();
        if filters.len() > MAX_FILTERS {
            return Ok(Vec::new());
        }
        for (at, filter) in filters.into_iter().enumerate() {
            let filter = self.resolved(filter, budget)?;
            let parameters = self.resolved(parameters.get(at).cloned().unwrap_or(Object::Null), budget)?;
            let name = filter.name().unwrap_or_default();
            match unpack(name, parameters.dict(), &bytes, budget)? {
                Some(unpacked) => bytes = unpacked,
                None => return Ok(Vec::new()),
            }
        }
        Ok(bytes)
    }
}
