//! The search data: what can be found, in scripts of bounded size that the index loads one after the other until it has enough.
//!
//! Pages that lie on a disk may not read files, but they may load scripts. Nothing is sorted or hashed beforehand: looking through a megabyte
//! takes a browser a few milliseconds, and the newest comes first.

use app_domain::Timestamp;
use serde_json::json;

use super::data::id_of;
use crate::render::sheet::{Body, Sheet};
use crate::render::view::View;
use crate::{Container, Record};

/// A piece that has passed this is ended.
const SHARD_BYTES: u64 = 1 << 20;
/// How much of a title and of what was said can be found.
const TITLE_CHARACTERS: usize = 160;
const TEXT_CHARACTERS: usize = 4_000;

/// What can be found of a record: where it is, its title, its time, its words.
pub(super) fn line(path: &str, record: &Record, sheet: &Sheet, above: Option<&str>, view: &View) -> String {
    let mut text = String::new();
    let said = sheet.bodies.iter().map(|body| match body {
        Body::Prose(said) | Body::Code(said) => said.as_str(),
    });
    let kept = sheet.rows.iter().flat_map(|row| &row.values).map(|value| value.name.as_str());
    let mut room = TEXT_CHARACTERS;
    for word in said.chain(kept).flat_map(str::split_whitespace) {
        let length = word.chars().count() + 1;
        if length > room {
            break;
        }
        room -= length;
        text.push_str(word);
        text.push(' ');
    }
    let title = above.map_or_else(|| sheet.title.clone(), |above| format!("{above} · {}", sheet.title));
    let title: String = title.chars().take(TITLE_CHARACTERS).collect();
    let when = sheet.at.map(|at| view.times.day(at)).unwrap_or_default();
    let href = format!("{path}#{}", id_of(record));
    escaped(&json!([href, title, when, text.trim_end()]).to_string())
}

/// JSON that means nothing to HTML, and that scripts of any age read.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text
}

/// Adds a line to the piece of that number, or to a new one. Returns its number.
pub(super) fn add(shard: u32, line: &str, at: Timestamp, container: &mut Container) -> u32 {
    let is_full = shard == 0 || container.entry_bytes() >= SHARD_BYTES;
    if !is_full {
        container.write(format!(",\n{line}").as_bytes());
        return shard;
    }
    if shard > 0 {
        end(container);
    }
    container.open(&format!("search/{:05}.js", shard + 1), at);
    container.write(format!("archiveFound([\n{line}").as_bytes());
    shard + 1
}

/// Ends the piece that is open.
pub(super) fn end(container: &mut Container) {
    container.write(b"\n]);\n");
    container.close();
}
