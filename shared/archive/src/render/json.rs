//! `json`: one document, with a record on each of its lines.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Output, Renderer, to_keep};
use crate::json_text::line;
use crate::manifest::{Footer, Header};
use crate::{Head, Kind, Record, Totals};

pub(super) struct Json {
    head: Head,
    state: State,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    /// Whether there is a record before the next one.
    has_records: bool,
}

impl Json {
    pub(super) fn new(head: &Head, state: State) -> Self {
        Self { head: head.clone(), state }
    }
}

impl Renderer for Json {
    fn passes(&self) -> Vec<Vec<Kind>> {
        vec![Kind::ALL.to_vec()]
    }

    fn begin(&mut self, _: usize, out: &mut Output<'_>) {
        out.container.open("export.json", self.head.exported_at);
        let header = line(&Header::of(&self.head));
        // The object goes on where the header ends.
        out.container.write(header.strip_suffix('}').unwrap_or(&header).as_bytes());
        out.container.write(br#","records":["#);
    }

    fn record(&mut self, record: &Record, out: &mut Output<'_>) {
        out.container.write(if self.state.has_records { b",\n" } else { b"\n" });
        out.container.write(line(record).as_bytes());
        self.state.has_records = true;
    }

    fn end(&mut self, _: usize, _: &mut Output<'_>) {}

    fn index(&mut self, _: &str, _: &mut Output<'_>) {}

    fn finish(&mut self, totals: &Totals, out: &mut Output<'_>) {
        out.container.write(b"\n");
        let sha256 = out.container.entry_sha256();
        let footer = line(&Footer::of(totals, sha256));
        out.container.write(format!("],\"manifest\":{footer}}}\n").as_bytes());
    }

    fn state(&self) -> Value {
        to_keep(&self.state)
    }
}
