//! `jsonl`: a record on each line, between a header and a manifest.

use serde::Serialize;
use serde_json::Value;

use super::{Output, Renderer};
use crate::json_text::line;
use crate::manifest::{Footer, Frame, Header};
use crate::{Head, Kind, Record, Totals};

pub(super) struct Jsonl {
    head: Head,
}

impl Jsonl {
    pub(super) fn new(head: &Head) -> Self {
        Self { head: head.clone() }
    }
}

impl Renderer for Jsonl {
    fn passes(&self) -> Vec<Vec<Kind>> {
        vec![Kind::ALL.to_vec()]
    }

    fn begin(&mut self, _: usize, out: &mut Output<'_>) {
        out.container.open("export.jsonl", self.head.exported_at);
        put(out, &Frame::Header(Box::new(Header::of(&self.head))));
    }

    fn record(&mut self, record: &Record, out: &mut Output<'_>) {
        put(out, record);
    }

    fn end(&mut self, _: usize, _: &mut Output<'_>) {}

    fn index(&mut self, _: &str, _: &mut Output<'_>) {}

    fn finish(&mut self, totals: &Totals, out: &mut Output<'_>) {
        let sha256 = out.container.entry_sha256();
        put(out, &Frame::Manifest(Footer::of(totals, sha256)));
    }

    fn state(&self) -> Value {
        Value::Null
    }
}

fn put<T: Serialize>(out: &mut Output<'_>, value: &T) {
    out.container.write(line(value).as_bytes());
    out.container.write(b"\n");
}
