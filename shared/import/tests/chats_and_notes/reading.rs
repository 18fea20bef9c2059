//! Reads archives, and shows what is in them.

use std::fmt::Write;
use std::io::{Cursor, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;

use app_domain::ImportFormat;
use app_import::{Given, ImportError, Item, NewFile, Options, Place};
use jiff::tz::TimeZone;

/// A phone in Berlin.
pub(crate) fn berlin() -> Options {
    Options { timezone: TimeZone::get("Europe/Berlin").unwrap(), ..Options::default() }
}

pub(crate) fn fixtures(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder)
}

/// What an archive is, and everything in it.
pub(crate) fn detected(bytes: &[u8], options: &Options) -> (ImportFormat, Vec<Item>) {
    let format = app_import::detect(&mut Cursor::new(bytes), options).unwrap();
    (format, items(bytes, format, options))
}

pub(crate) fn items(bytes: &[u8], format: ImportFormat, options: &Options) -> Vec<Item> {
    given(bytes, format, options, Place::default()).unwrap().into_iter().map(|given| given.item).collect()
}

pub(crate) fn given(
    bytes: &[u8],
    format: ImportFormat,
    options: &Options,
    from: Place,
) -> Result<Vec<Given>, ImportError> {
    let mut all = Vec::new();
    let mut give = |given: Given| {
        all.push(given);
        ControlFlow::Continue(())
    };
    app_import::read(&mut Cursor::new(bytes), format, options, from, &mut give)?;
    Ok(all)
}

/// A ZIP of these files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .last_modified_time(zip::DateTime::from_date_and_time(2026, 11, 20, 10, 30, 0).unwrap());
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Items as people can check them.
pub(crate) fn shown(items: &[Item]) -> String {
    let mut shown = String::new();
    for item in items {
        match item {
            Item::Memory(memory) => {
                let mut memory = memory.as_ref().clone();
                let (text, files) = (memory.text.take(), std::mem::take(&mut memory.attachments));
                writeln!(shown, "MEMORY {:?} as {}", memory.title.unwrap_or_default(), memory.key).unwrap();
                let at = |at: Option<app_domain::Timestamp>| at.map_or("-".to_owned(), |at| at.to_string());
                writeln!(shown, "  made {} changed {}", at(memory.created_at), at(memory.updated_at))
                    .unwrap();
                writeln!(shown, "  in {:?} tags {:?}", memory.category, memory.tags).unwrap();
                if memory.is_favorite || memory.is_archived || memory.description.is_some() {
                    let (favorite, archived) = (memory.is_favorite, memory.is_archived);
                    writeln!(shown, "  favorite {favorite} archived {archived} {:?}", memory.description)
                        .unwrap();
                }
                writeln!(shown, "  {}", serde_json::Value::Object(memory.metadata)).unwrap();
                show_files(&mut shown, &files);
                for line in text.iter().flat_map(|text| text.lines()) {
                    writeln!(shown, "  | {line}").unwrap();
                }
            }
            Item::Message(message) => {
                let at = message.sent_at.map_or("-".to_owned(), |at| at.to_string());
                let author = message.author.as_deref().unwrap_or("-");
                writeln!(shown, "{at} {author}: {:?}", message.text).unwrap();
                if !message.metadata.is_empty() {
                    writeln!(shown, "  {}", serde_json::Value::Object(message.metadata.clone())).unwrap();
                }
                show_files(&mut shown, &message.attachments);
            }
            Item::Trouble(trouble) => {
                writeln!(shown, "TROUBLE {} {}: {}", trouble.kind, trouble.key, trouble.reason).unwrap();
            }
            Item::Warning(warning) => writeln!(shown, "WARNING {warning}").unwrap(),
            Item::Record(record) => writeln!(shown, "{record:?}").unwrap(),
        }
    }
    shown
}

fn show_files(shown: &mut String, files: &[NewFile]) {
    for file in files {
        let (path, content_type) = (file.path.as_deref(), file.content_type.as_deref().unwrap_or("-"));
        writeln!(shown, "  file {} ({content_type}) at {path:?}", file.name).unwrap();
    }
}
