//! `zip`: the records as they are, in parts, to be read by programs.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Output, Renderer, to_keep};
use crate::json_text::line;
use crate::{Head, Kind, Record, Totals};

pub(super) struct Records {
    head: Head,
    state: State,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    /// The number of the open part; the first is 1.
    part: u32,
}

impl Records {
    /// A part that has passed it is the last but one: what many tools read at once.
    const PART_BYTES: u64 = 64 << 20;

    pub(super) fn new(head: &Head, state: State) -> Self {
        Self { head: head.clone(), state }
    }

    fn open_next(&mut self, out: &mut Output<'_>) {
        self.state.part += 1;
        out.container.open(&format!("records-{:05}.jsonl", self.state.part), self.head.exported_at);
    }
}

impl Renderer for Records {
    fn passes(&self) -> Vec<Vec<Kind>> {
        vec![Kind::ALL.to_vec()]
    }

    fn begin(&mut self, _: usize, out: &mut Output<'_>) {
        self.open_next(out);
    }

    fn record(&mut self, record: &Record, out: &mut Output<'_>) {
        if out.container.entry_bytes() > Self::PART_BYTES {
            self.open_next(out);
        }
        out.container.write(line(record).as_bytes());
        out.container.write(b"\n");
    }

    fn end(&mut self, _: usize, _: &mut Output<'_>) {}

    fn index(&mut self, _: &str, _: &mut Output<'_>) {}

    fn finish(&mut self, _: &Totals, out: &mut Output<'_>) {
        out.container.close();
    }

    fn state(&self) -> Value {
        to_keep(&self.state)
    }
}
