//! JSON of whatever kind: objects or texts in an array, or one on each line. Each becomes a memory.

use std::io::BufReader;
use std::ops::ControlFlow;

use serde_json::Value;

use crate::archive::Archive;
use crate::dates::Dates;
use crate::elements::{elements, parse};
use crate::fields::{Target, assigned};
use crate::keys::Keys;
use crate::lines::Lines;
use crate::made::memory;
use crate::members::arrays;
use crate::text::{Utf8, decode};
use crate::{ImportError, Item, Options, Out};

/// By so much of its beginning a file is known.
const KNOWN_BY_BYTES: usize = 256 * 1024;
const NOTHING: &str = "There is nothing in it.";

/// How values stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Array,
    Lines,
    /// An object, which may have arrays in it.
    Object,
}

pub(crate) fn recognises(archive: &mut Archive<'_>) -> bool {
    let files = files(archive).len();
    // Notes have settings beside them that are JSON.
    files > 0 && files > archive.notes()
}

pub(crate) fn read(
    archive: &mut Archive<'_>,
    options: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let files = files(archive);
    archive.check()?;
    if files.is_empty() {
        return Err(ImportError::Unknown("there is no JSON in it".to_owned()));
    }
    let beside = archive.files().saturating_sub(files.len());
    for (number, (entry, form)) in (0..).zip(files) {
        if !out.entry(number) {
            continue;
        }
        let name = archive.entries().get(entry).map(|entry| entry.name.clone()).unwrap_or_default();
        let mut giving = Giving {
            options,
            dates: Dates {
                timezone: options.timezone.clone(),
                is_day_first: options.day_first.unwrap_or(false),
            },
            keys: Keys::default(),
            prefix: if name.is_empty() { String::new() } else { format!("{name}, ") },
            out,
        };
        let read = match form {
            Form::Array => giving.array(archive, entry, None),
            Form::Lines => giving.lines(archive, entry),
            Form::Object => giving.object(archive, entry),
        };
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                let reason = format!("It breaks off: {}.", error.of_entry()?);
                out.trouble("memory", if name.is_empty() { "file".to_owned() } else { name }, reason)
            }
        };
        if read.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(out.beside(beside))
}

/// Which entries are JSON. In an archive they are called so too.
fn files(archive: &mut Archive<'_>) -> Vec<(usize, Form)> {
    let is_zip = archive.is_zip();
    let is_named = |name: &str| {
        let name = name.to_ascii_lowercase();
        [".json", ".jsonl", ".ndjson"].iter().any(|extension| name.ends_with(extension))
    };
    let named: Vec<usize> = (0..)
        .zip(archive.entries())
        .filter(|(_, entry)| !is_zip || (is_named(&entry.name) && !entry.is_junk()))
        .map(|(index, _)| index)
        .collect();
    named
        .into_iter()
        .filter_map(|index| Some((index, form(&archive.beginning(index, KNOWN_BY_BYTES))?)))
        .collect()
}

fn form(beginning: &[u8]) -> Option<Form> {
    let (text, _) = decode(beginning);
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix('[') {
        return rest.trim_start().starts_with(['{', '"', ']', '[']).then_some(Form::Array);
    }
    let rest = text.strip_prefix('{')?.trim_start();
    let is_value = |line: &str| matches!(serde_json::from_str(line), Ok(Value::Object(_)));
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    // The second line may be cut, or be broken: it is enough that it begins one.
    if is_value(first) && lines.next().is_some_and(|line| line.trim_start().starts_with('{')) {
        return Some(Form::Lines);
    }
    rest.starts_with(['"', '}']).then_some(Form::Object)
}

/// Gives what is in one file.
struct Giving<'a, 'o> {
    options: &'a Options,
    dates: Dates,
    keys: Keys,
    prefix: String,
    out: &'a mut Out<'o>,
}

impl Giving<'_, '_> {
    fn array(
        &mut self,
        archive: &mut Archive<'_>,
        entry: usize,
        member: Option<&str>,
    ) -> Result<ControlFlow<()>, ImportError> {
        let mut elements = elements(archive.open(entry)?, member);
        for element in elements.by_ref() {
            let element = element?;
            let key = format!(
                "{}element {}",
                member.map(|name| format!("{name}, ")).unwrap_or_default(),
                element.number
            );
            if self.value(element.parse(), &key).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(self.mistakes(elements.has_mistakes()))
    }

    fn lines(&mut self, archive: &mut Archive<'_>, entry: usize) -> Result<ControlFlow<()>, ImportError> {
        let mut lines = Lines::new(BufReader::new(Utf8::new(archive.open(entry)?)));
        for line in &mut lines {
            let line = line?;
            let value = match &line.text {
                Ok(text) if text.trim_ascii().is_empty() => continue,
                Ok(text) => parse(text),
                Err(reason) => Err((*reason).to_owned()),
            };
            if self.value(value, &format!("line {}", line.number)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let has_mistakes = lines.into_inner().into_inner().has_mistakes();
        Ok(self.mistakes(has_mistakes))
    }

    /// An object with arrays of objects: each of these becomes a memory. One without, or one that says something itself, becomes one.
    fn object(&mut self, archive: &mut Archive<'_>, entry: usize) -> Result<ControlFlow<()>, ImportError> {
        let found = arrays(archive.open(entry)?)?;
        let names: Vec<&str> = found.others.iter().map(String::as_str).collect();
        let is_thing = assigned(&names, &self.options.mapping).contains(&Some(Target::Content));
        if found.arrays.is_empty() || (is_thing && found.whole.is_some()) {
            let value = found.whole.ok_or_else(|| "It is larger than 32 MiB, or broken.".to_owned());
            let value = value.and_then(|json| parse(&json));
            return Ok(self.value(value, "object"));
        }
        if !found.others.is_empty() {
            let named: Vec<String> = found.others.iter().take(5).map(|name| format!("“{name}”")).collect();
            let words = format!(
                "{}beside its lists, the file has {}, which is not brought in.",
                self.prefix,
                named.join(", ")
            );
            if self.out.warning(words).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        for member in found.arrays {
            if self.array(archive, entry, Some(&member))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn mistakes(&mut self, has_mistakes: bool) -> ControlFlow<()> {
        if has_mistakes {
            self.out.warning(format!("{}some characters cannot be read. They are shown as �.", self.prefix))
        } else {
            ControlFlow::Continue(())
        }
    }

    fn value(&mut self, value: Result<Value, String>, place: &str) -> ControlFlow<()> {
        let place = format!("{}{place}", self.prefix);
        let values = match value {
            Ok(Value::Object(members)) => {
                let members: Vec<(String, Value)> = members.into_iter().collect();
                self.named(members)
            }
            Ok(text @ Value::String(_)) => vec![("text".to_owned(), Some(Target::Content), text)],
            Ok(Value::Null) => return self.out.trouble("memory", place, NOTHING),
            Ok(_) => return self.out.trouble("memory", place, "It is neither an object nor a text."),
            Err(reason) => return self.out.trouble("memory", place, reason),
        };
        match memory(values, &self.dates, &mut self.keys) {
            Some(memory) => self.out.give(Item::Memory(Box::new(memory))),
            None => self.out.trouble("memory", place, NOTHING),
        }
    }

    /// Members with what they are. A mapping may name one inside of others: `data.text`.
    fn named(&self, mut members: Vec<(String, Value)>) -> Vec<(String, Option<Target>, Value)> {
        for path in self.options.mapping.values().filter(|path| path.contains('.')) {
            let Some((first, rest)) = path.split_once('.') else { continue };
            let is_there = members.iter().any(|(name, _)| name == path);
            let inner =
                members.iter_mut().find(|(name, _)| name == first).and_then(|(_, value)| taken(value, rest));
            if let Some(inner) = inner.filter(|_| !is_there) {
                members.push((path.clone(), inner));
            }
        }
        let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        let targets = assigned(&names, &self.options.mapping);
        members.into_iter().zip(targets).map(|((name, value), target)| (name, target, value)).collect()
    }
}

/// Takes out what a path leads to.
fn taken(value: &mut Value, path: &str) -> Option<Value> {
    let members = value.as_object_mut()?;
    if let Some(found) = members.remove(path) {
        return Some(found);
    }
    let (first, rest) = path.split_once('.')?;
    taken(members.get_mut(first)?, rest)
}
