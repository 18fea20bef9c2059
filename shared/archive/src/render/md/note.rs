//! A piece of a note.

use serde_json::{Map, Value};

use super::markup::plain_markdown;
use super::text::{closed, fence_for, inline, plain_breaks};
use crate::FileRecord;
use crate::render::sheet::{Body, Row};
use crate::render::target::target;
use crate::render::view::Named;

/// A piece of a note.
pub(super) struct Note<'a> {
    text: String,
    /// From the note's folder to the beginning of the archive.
    up: &'a str,
}

impl<'a> Note<'a> {
    pub(super) fn new(up: &'a str) -> Self {
        Self { text: String::new(), up }
    }

    /// Everything that was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What stands before everything else.
    pub(super) fn front(&mut self, members: &Map<String, Value>) {
        self.text.push_str(&format!("---\n{}---\n\n", yaml(members)));
    }

    pub(super) fn heading(&mut self, level: usize, heading: &str) {
        self.text.push_str(&format!("{} {}\n\n", "#".repeat(level), inline(heading)));
    }

    /// Lines that are Markdown already.
    pub(super) fn lines(&mut self, lines: &[String]) {
        for line in lines {
            self.text.push_str(&format!("{line}\n\n"));
        }
    }

    /// What is the note's own: as it was written.
    pub(super) fn bodies(&mut self, bodies: &[Body]) {
        for body in bodies {
            match body {
                Body::Prose(said) => self.text.push_str(&closed(said)),
                Body::Code(code) => self.text.push_str(&fenced(code)),
            }
            self.text.push_str("\n\n");
        }
    }

    /// What was said below a note: in a quote, which ends everything that is left open in it.
    pub(super) fn quotes(&mut self, bodies: &[Body]) {
        for body in bodies {
            let said = match body {
                Body::Prose(said) => {
                    let said = plain_breaks(said);
                    plain_markdown(said.trim_matches('\n')).0.replace("%%", "\\%\\%")
                }
                Body::Code(code) => fenced(code),
            };
            for line in said.split('\n') {
                let space = if line.is_empty() { "" } else { " " };
                self.text.push_str(&format!(">{space}{line}\n"));
            }
            self.text.push('\n');
        }
    }

    pub(super) fn rows(&mut self, rows: &[Row]) {
        for row in rows {
            match row.values.as_slice() {
                [value] => {
                    let value = self.value(value);
                    self.text.push_str(&format!("- **{}:** {value}\n", inline(row.label)));
                }
                values => {
                    self.text.push_str(&format!("- **{}:**\n", inline(row.label)));
                    for value in values {
                        let value = self.value(value);
                        self.text.push_str(&format!("    - {value}\n"));
                    }
                }
            }
        }
        if !rows.is_empty() {
            self.text.push('\n');
        }
    }

    pub(super) fn counts<'b>(&mut self, counts: impl Iterator<Item = (&'b str, u64)>) {
        for (label, count) in counts {
            self.text.push_str(&format!("- {}: {count}\n", inline(label)));
        }
    }

    /// A picture, if the file is one and is there.
    pub(super) fn embed(&mut self, file: &FileRecord) {
        let is_picture = file.content_type.starts_with("image/");
        let target = file.path.as_deref().filter(|_| is_picture).and_then(|path| target(self.up, path));
        if let Some(target) = target {
            self.text.push_str(&format!("![{}]({target})\n\n", inline(&file.name)));
        }
    }

    /// Where links to what stands before it lead.
    pub(super) fn anchor(&mut self, kind: &str, id: &str) {
        self.text.push_str(&format!("^{kind}-{id}\n\n"));
    }

    fn value(&self, value: &Named) -> String {
        let name = inline(&value.name);
        match value.path.as_deref().and_then(|path| target(self.up, path)) {
            Some(target) => format!("[{name}]({target})"),
            None => name,
        }
    }
}

pub(super) fn fenced(code: &str) -> String {
    let fence = fence_for(code);
    format!("{fence}json\n{code}\n{fence}")
}

#[expect(clippy::expect_used, reason = "what was JSON can be written as YAML")]
pub(super) fn yaml(members: &Map<String, Value>) -> String {
    serde_yaml_ng::to_string(members).expect("members can be written as YAML")
}
