//! The clock of a test, of each thread its own: it stands, or goes on by itself with every look.

use std::cell::Cell;
use std::time::Duration;

use app_domain::Timestamp;

const START: i64 = 1_795_000_000_000;

/// When a worker's tests begin, unless they say otherwise: long after everything was made.
pub const BEGAN: i64 = 10_000_000;

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(START) };
    static STEP: Cell<i64> = const { Cell::new(0) };
}

/// So many milliseconds after the beginning of the tests' time.
pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(START + millis).expect("a time that there is")
}

/// Sets the clock, and how far each look moves it.
pub fn set_clock(millis: i64, step: i64) {
    NOW.set(START + millis);
    STEP.set(step);
}

/// The time of this test.
pub fn now() -> Timestamp {
    NOW.set(NOW.get() + STEP.get());
    Timestamp::from_millis(NOW.get()).expect("a time that there is")
}

/// Lets time pass.
pub fn pass(span: Duration) {
    NOW.set(NOW.get() + i64::try_from(span.as_millis()).expect("a span that there is"));
}
