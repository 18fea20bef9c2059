//! Reads what services export: JSON files, in an archive or alone, each of which is an array of items or one item.

use std::collections::HashSet;
use std::io::Read;
use std::ops::ControlFlow;

use crate::archive::{Archive, Entry};
use crate::chat::{Give, trouble};
use crate::elements::elements;
use crate::lines::{MAX_BYTES, TOO_LARGE};
use crate::loose::text_of;
use crate::out::Out;
use crate::shape::{LOOKED_AT, Shape};
use crate::text::decode;
use crate::{ImportError, Item};

/// How many files of an archive are looked at to find out whose it is.
const LOOKED_INTO: usize = 100;
/// How many files are named that nothing is brought in from.
const MOST_NAMED: u32 = 20;

/// Where the items of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// They are the elements of the array that it is.
    Many,
    /// They are the elements of the array that this member of it is.
    Within(&'static str),
    /// It is one.
    One,
}

/// What a file is to a service.
pub(crate) enum Known<K> {
    /// Items of a kind.
    Items(Form, K),
    /// Nothing that anybody would miss.
    Aside,
    /// A file that a message may name.
    Sent,
}

/// A file that is JSON by its name, or alone.
pub(crate) struct JsonFile {
    /// Which entry it is.
    pub(crate) index: usize,
    /// Its name; empty if it is alone.
    pub(crate) name: String,
}

/// The JSON files of an archive, sorted by their names, numbers in them as numbers.
pub(crate) fn json_files(archive: &Archive<'_>) -> Vec<JsonFile> {
    let is_zip = archive.is_zip();
    let is_json = |name: &str| {
        let last = last_part(name);
        let ending = last.rsplit_once('.').map(|(_, ending)| ending);
        !is_zip || ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
    };
    let named =
        archive.entries().iter().enumerate().filter(|(_, entry)| is_json(&entry.name) && !entry.is_junk());
    let mut files: Vec<_> =
        named.map(|(index, entry)| JsonFile { index, name: entry.name.clone() }).collect();
    files.sort_by_cached_key(|file| (by_numbers(&file.name), file.index));
    files
}

/// The shape of one of them.
pub(crate) fn shape(archive: &mut Archive<'_>, file: &JsonFile) -> Shape {
    let (beginning, _) = decode(&archive.beginning(file.index, LOOKED_AT));
    Shape::of(&beginning)
}

/// Whether one of the first files of an archive is what `is_it` says.
pub(crate) fn any(archive: &mut Archive<'_>, is_it: &dyn Fn(&Shape) -> bool) -> bool {
    if archive.is_vault() {
        // What a program keeps in somebody's notes is no export.
        return false;
    }
    let files = json_files(archive);
    files.iter().take(LOOKED_INTO).any(|file| is_it(&shape(archive, file)))
}

/// Gives the items of all JSON files: `known` says what a file is, and `item` gives what an item of it is. Files of others are named.
pub(crate) fn read<K: Copy>(
    archive: &mut Archive<'_>,
    out: &mut Out<'_>,
    known: &dyn Fn(&Shape, &str) -> Option<Known<K>>,
    item: &mut dyn FnMut(K, &str, Give<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, ImportError> {
    let files = json_files(archive);
    let mut left: Vec<usize> = others(archive, &files);
    if archive.is_zip() {
        out.note_files();
    }
    for (number, file) in (0..).zip(files) {
        if !out.entry(number) {
            continue;
        }
        let shape = shape(archive, &file);
        archive.check()?;
        let flow = match known(&shape, &file.name) {
            Some(Known::Items(form, kind)) => {
                read_file(archive, &file, form, out, &mut |json, give| item(kind, json, give))?
            }
            None if !shape.is_empty() && number < MOST_NAMED => {
                out.warning(format!("“{}” is left out: nothing is brought in from such a file.", file.name))
            }
            Some(Known::Aside) => ControlFlow::Continue(()),
            Some(Known::Sent) | None => {
                left.extend((archive.is_zip() && !shape.is_empty()).then_some(file.index));
                ControlFlow::Continue(())
            }
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    let names = left.iter().filter_map(|index| archive.entries().get(*index));
    Ok(out.unnamed(names.map(|entry| entry.name.as_str())))
}

/// The entries that are no JSON, and that somebody may miss.
fn others(archive: &Archive<'_>, files: &[JsonFile]) -> Vec<usize> {
    let json: HashSet<usize> = files.iter().map(|file| file.index).collect();
    let is_other = |(index, entry): &(usize, &Entry)| {
        // A page that shows the same conversations.
        !json.contains(index)
            && !entry.is_junk()
            && !entry.is_archive()
            && last_part(&entry.name) != "chat.html"
    };
    archive.entries().iter().enumerate().filter(is_other).map(|(index, _)| index).collect()
}

/// Gives the items of a file. One that is at fault does not keep the next from it.
fn read_file(
    archive: &mut Archive<'_>,
    file: &JsonFile,
    form: Form,
    out: &mut Out<'_>,
    item: &mut dyn FnMut(&str, Give<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, ImportError> {
    let read = match form {
        Form::One => one(archive, file, out, item),
        Form::Many => many(archive, file, None, out, item),
        Form::Within(member) => many(archive, file, Some(member), out, item),
    };
    read.or_else(|error| Ok(out.give(trouble("file", place(file), &error.of_entry()?))))
}

fn many(
    archive: &mut Archive<'_>,
    file: &JsonFile,
    member: Option<&str>,
    out: &mut Out<'_>,
    item: &mut dyn FnMut(&str, Give<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, ImportError> {
    let mut elements = elements(archive.open(file.index)?, member);
    for element in elements.by_ref() {
        let element = element?;
        let flow = match &element.json {
            Ok(json) => item(&text_of(json), &mut |item| out.give(item)),
            Err(reason) => {
                out.give(trouble("memory", format!("{}, item {}", place(file), element.number), reason))
            }
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
    if elements
        .others()
        .get("relations")
        .and_then(|relations| relations.as_array())
        .is_some_and(|all| !all.is_empty())
    {
        let relations = "Relations between memories are left out: only the memories are brought in.";
        if out.warning(relations).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(if elements.has_mistakes() { out.give(mistakes(file)) } else { ControlFlow::Continue(()) })
}

fn one(
    archive: &mut Archive<'_>,
    file: &JsonFile,
    out: &mut Out<'_>,
    item: &mut dyn FnMut(&str, Give<'_>) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, ImportError> {
    let Some(bytes) = whole(archive, file)? else {
        return Ok(out.give(trouble("file", place(file), TOO_LARGE)));
    };
    let (json, has_mistakes) = decode(&bytes);
    drop(bytes);
    let flow = item(&json, &mut |item| out.give(item));
    Ok(if flow.is_continue() && has_mistakes { out.give(mistakes(file)) } else { flow })
}

/// The bytes of a file, or `None` if they are too many.
pub(crate) fn whole(archive: &mut Archive<'_>, file: &JsonFile) -> Result<Option<Vec<u8>>, ImportError> {
    let mut bytes = Vec::new();
    archive.open(file.index)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() <= MAX_BYTES))
}

fn mistakes(file: &JsonFile) -> Item {
    Item::Warning(format!("Some bytes of {} are no characters: they are shown as �.", place(file)))
}

fn place(file: &JsonFile) -> String {
    if file.name.is_empty() { "the file".to_owned() } else { format!("“{}”", file.name) }
}

/// The last part of the name of an entry.
pub(crate) fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// A name in pieces that sort as people count: `conversations-2` before `conversations-10`.
fn by_numbers(name: &str) -> Vec<(u128, String)> {
    let mut pieces: Vec<(u128, String)> = Vec::new();
    let mut was_digit = true;
    for c in name.chars() {
        let digit = c.to_digit(10);
        if pieces.is_empty() || (digit.is_some() && !was_digit) {
            pieces.push((0, String::new()));
        }
        if let Some((number, text)) = pieces.last_mut() {
            match digit {
                Some(digit) if text.is_empty() => {
                    *number = number.saturating_mul(10).saturating_add(digit.into())
                }
                _ => text.push(c),
            }
        }
        was_digit = digit.is_some();
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_people_count() {
        let mut names = ["c-10.json", "c-2.json", "b/c-1.json", "c-002.json", "", "10", "9"];
        names.sort_by_cached_key(|name| by_numbers(name));
        assert_eq!(names, ["", "b/c-1.json", "c-2.json", "c-002.json", "c-10.json", "9", "10"]);
    }
}
