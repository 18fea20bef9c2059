//! What is enclosed with an archive so that it explains itself in years.

use std::borrow::Cow;

use app_domain::ExportFormat;

use crate::Head;
use crate::manifest::{FORMAT, VERSION};

/// The JSON Schema of one record.
pub const RECORD_SCHEMA: &str = include_str!("../../../docs/archive/record.schema.json");

/// The entries that explain an archive, by their paths. A single text has none.
pub fn enclosed(head: &Head) -> Vec<(&'static str, Cow<'static, str>)> {
    let mut entries = vec![("README.txt", Cow::Owned(readme(head)))];
    if head.spec.format == ExportFormat::Zip {
        entries.push(("schema/record.schema.json", Cow::Borrowed(RECORD_SCHEMA)));
    }
    entries
}

fn readme(head: &Head) -> String {
    let Head { exported_at, account, spec } = head;
    let format = spec.format.as_str();
    let content = content(spec.format);
    let left_out = left_out(head);
    format!(
        "This is an export of the account {account},
made at {exported_at} ({FORMAT}, version {VERSION}, {format}).

What was made later is not in it. What was deleted before it was written is not in
it either.

{content}
files/<id>/<name>
    The files, as they were uploaded. A record of kind \"file\" names each of them.
SHA256SUMS
    The SHA-256 of every other entry but manifest.json.
manifest.json
    Whose archive it is, what was asked for, how many records of each kind it has,
    how many files were missing, what could not be read, and the SHA-256 of
    SHA256SUMS.
{left_out}
To see whether all is as it was written, unpack it and run

    sha256sum -c SHA256SUMS
    sha256sum SHA256SUMS        (compare with manifest.json)

Memories whose privacyLevel is \"sealed\" are in here as their owner encrypted them.
Whoever has the key can read them, nobody else.

The archive is not encrypted. Keep it where you keep what is yours alone.
"
    )
}

fn content(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Zip => {
            "records-00001.jsonl and so on
    Everything, one JSON object on each line, in the order: account, settings,
    categories, saved searches, facts; memories, newest first, each followed by its
    earlier versions, its files and its messages; files without a memory;
    conversations, each followed by its turns; reminders; contacts.
    An import into any account of the same service reads this archive as it is.
schema/record.schema.json
    What such an object looks like (JSON Schema 2020-12)."
        }
        ExportFormat::Json | ExportFormat::Jsonl => {
            "export.json or export.jsonl
    Everything, one JSON object on each line. Its last line has the SHA-256 of all
    lines before it."
        }
        ExportFormat::Txt => {
            "export.txt
    A text to read. Its last line has the SHA-256 of all lines before it."
        }
        ExportFormat::Md => {
            "memories/ and conversations/
    Markdown notes. Open this folder as a vault in Obsidian, or with any editor."
        }
        ExportFormat::Html => {
            "index.html
    Pages to read and search in any browser. Nothing is loaded from the network."
        }
        ExportFormat::Csv => {
            "*.csv
    A table for each kind of record (RFC 4180, UTF-8). A cell that a spreadsheet
    would take for a formula begins with an apostrophe."
        }
    }
}

fn left_out(head: &Head) -> String {
    let options = &head.spec.options;
    let mut lines = String::new();
    let left_out = [
        (!options.files, "the bytes of files"),
        (!options.messages, "messages under memories"),
        (!options.versions, "earlier versions of memories"),
        (!options.metadata, "metadata"),
        (options.redact_contacts, "addresses, phone numbers and names of other people"),
        (!head.spec.filter.is_everything(), "what does not fit the filter, and what belongs to no memory"),
    ];
    for (_, what) in left_out.iter().filter(|(is_left_out, _)| *is_left_out) {
        lines.push_str("\n    ");
        lines.push_str(what);
    }
    if lines.is_empty() { lines } else { format!("\nLeft out, because it was asked for so:{lines}\n") }
}
