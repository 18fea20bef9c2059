//! What is logged in a test, in the form in which functions log it. One subscriber serves all tests, and each reads the lines of its own
//! thread: with a subscriber for each test, those that come first would decide for the others whether a line is of interest.

use std::cell::RefCell;
use std::io::{Result, Write};
use std::sync::Once;

use app_runtime::lines;
use serde_json::Value;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Where metrics go in a test.
pub const METRICS: &str = "MemoryApp/tests";

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The log of this thread.
#[derive(Debug)]
pub struct Log;

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        LINES.with_borrow_mut(|lines| lines.write(bytes))
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Log {
    /// Begins to keep what is logged, unless that has begun.
    pub fn keep() {
        static KEPT: Once = Once::new();
        KEPT.call_once(|| {
            let lines = lines(METRICS).with_writer(|| Lines);
            tracing_subscriber::registry().with(LevelFilter::INFO).with(lines).init();
        });
    }

    /// Forgets what was logged so far.
    pub fn start() -> Self {
        LINES.with_borrow_mut(Vec::clear);
        Self
    }

    /// Everything that was logged since.
    pub fn text(&self) -> String {
        LINES.with_borrow(|lines| String::from_utf8(lines.clone()).expect("UTF-8"))
    }

    /// The same, line by line.
    pub fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// A field of every line with this message.
    pub fn of(&self, message: &str, field: &str) -> Vec<String> {
        let lines = self.lines().into_iter().filter(|line| line["message"] == message);
        lines.map(|line| line[field].as_str().unwrap_or_default().to_owned()).collect()
    }
}
