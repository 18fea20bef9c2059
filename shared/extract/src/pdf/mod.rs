//! The text of PDF files (ISO 32000-2): page by page, in the order in which the pages are written.
//!
//! The reader is our own, because a file of a stranger must not decide how much memory it takes. The crates there are either read a
//! whole file into objects at once and inflate streams one by one without a common limit (`lopdf`, and `pdf-extract` on top of it: 1.4 MB
//! of a release binary), or inflate without any (`hayro-syntax`, 0.3 MB and well built, but for programs that show files). A few MB
//! then take many GB, and a function that runs out of memory cannot say that the file is broken. What `lopdf` makes of a font that
//! claims to know four billion characters is a list of them. On top of either, text would be ours all the same: where words and
//! lines end, and what glyphs mean.
//!
//! Left out: files that are encrypted, and the characters of fonts that do not say what their glyphs mean.

mod cmap;
mod encodings;
mod file;
mod filters;
mod font;
mod glyphs;
mod lexer;
mod names;
mod object;
mod page;
mod placing;
mod state;
mod string;

use std::collections::HashSet;
use std::rc::Rc;

use file::File;
use names::Fonts;
use object::{Dict, Object};
use page::Shower;

use crate::Reading;
use crate::error::{ExtractError, Flow, Stop};

/// So many notes and fields are read of a page.
const MAX_NOTES: usize = 10_000;

pub(crate) fn read(reading: &mut Reading, bytes: &[u8]) -> Flow {
    let file = File::open(bytes, &mut reading.budget)?;
    if file.is_encrypted() {
        return Err(Stop::Failed(ExtractError::Encrypted));
    }
    let mut fonts = Fonts::default();
    let mut pages = Pages::new(&file, reading)?;
    let mut has_pages = false;
    while let Some((page, resources)) = pages.next(reading)? {
        has_pages = true;
        read_page(reading, &file, &mut fonts, &page, &resources)?;
    }
    if !has_pages {
        // Nothing leads to the pages, but they may be there.
        for id in &file.pages {
            if let Some(Object::Dict(page)) = file.object(*id, &mut reading.budget)? {
                has_pages = true;
                let resources = file.dict_at(&page, "Resources", &mut reading.budget)?.unwrap_or_default();
                read_page(reading, &file, &mut fonts, &page, &resources)?;
            }
        }
    }
    if has_pages { Ok(()) } else { Err(Stop::broken("it has no pages")) }
}

fn read_page(
    reading: &mut Reading,
    file: &File<'_>,
    fonts: &mut Fonts,
    page: &Dict,
    resources: &Dict,
) -> Flow {
    let mut content = Vec::new();
    let streams = match page.get("Contents") {
        Some(Object::Ref(id)) => match file.object(*id, &mut reading.budget)? {
            Some(Object::Array(streams)) => streams,
            _ => vec![Object::Ref(*id)],
        },
        Some(Object::Array(streams)) => streams.clone(),
        _ => Vec::new(),
    };
    for stream in streams {
        let Object::Ref(id) = stream else { continue };
        if let Some(stream) = file.stream(id, &mut reading.budget)? {
            let unpacked = file.unpacked(&stream, &mut reading.budget)?;
            if content.len() + unpacked.len() > reading.budget.left_bytes() {
                return Err(reading.budget.exhausted());
            }
            content.extend(unpacked);
            content.push(b'\n');
        }
    }
    Shower::new(file, fonts).show(reading, &content, resources)?;
    reading.writer.line();
    read_notes(reading, file, fonts, page)?;
    reading.writer.paragraph();
    Ok(())
}

/// What is written into the fields of a page, and noted on it.
fn read_notes(reading: &mut Reading, file: &File<'_>, fonts: &mut Fonts, page: &Dict) -> Flow {
    let Object::Array(notes) = file.at(page, "Annots", &mut reading.budget)? else { return Ok(()) };
    for note in notes.into_iter().take(MAX_NOTES) {
        let Object::Dict(note) = file.resolved(note, &mut reading.budget)? else { continue };
        match note.name("Subtype") {
            Some(b"Widget" | b"FreeText" | b"Stamp") => {
                let looks = file.dict_at(&note, "AP", &mut reading.budget)?;
                if let Some(Object::Ref(id)) = looks.as_ref().and_then(|looks| looks.get("N")) {
                    Shower::new(file, fonts).form(reading, *id, &Dict::default())?;
                    reading.writer.line();
                }
            }
            Some(b"Text" | b"Highlight" | b"Underline" | b"StrikeOut" | b"Squiggly") => {
                if let Object::String(said) = file.at(&note, "Contents", &mut reading.budget)? {
                    reading.writer.push_str(&string::text_of(&said))?;
                    reading.writer.line();
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Walks through the tree of pages. Each is visited once, whatever leads to it.
struct Pages<'a, 'b> {
    file: &'a File<'b>,
    /// What is still to be visited, the next one last, and what it inherits.
    open: Vec<(u32, Rc<Dict>)>,
    seen: HashSet<u32>,
}

impl<'a, 'b> Pages<'a, 'b> {
    fn new(file: &'a File<'b>, reading: &mut Reading) -> Flow<Self> {
        let mut pages = Self { file, open: Vec::new(), seen: HashSet::new() };
        let roots = file.trailers.iter().rev().filter_map(|trailer| match trailer.get("Root") {
            Some(Object::Ref(id)) => Some(*id),
            _ => None,
        });
        for root in roots.chain(file.catalog) {
            if let Some(Object::Dict(catalog)) = file.object(root, &mut reading.budget)?
                && let Some(Object::Ref(id)) = catalog.get("Pages")
            {
                pages.add(*id, &Rc::default());
                break;
            }
        }
        Ok(pages)
    }

    fn add(&mut self, id: u32, resources: &Rc<Dict>) {
        if self.seen.insert(id) {
            self.open.push((id, Rc::clone(resources)));
        }
    }

    fn next(&mut self, reading: &mut Reading) -> Flow<Option<(Dict, Rc<Dict>)>> {
        while let Some((id, inherited)) = self.open.pop() {
            let Some(Object::Dict(node)) = self.file.object(id, &mut reading.budget)? else { continue };
            let resources = match self.file.dict_at(&node, "Resources", &mut reading.budget)? {
                Some(own) => Rc::new(own),
                None => inherited,
            };
            match self.file.at(&node, "Kids", &mut reading.budget)? {
                Object::Array(kids) => {
                    for kid in kids.iter().rev() {
                        if let Object::Ref(id) = kid {
                            self.add(*id, &resources);
                        }
                    }
                }
                _ => return Ok(Some((node, resources))),
            }
        }
        Ok(None)
    }
}
