//! The clock of a test: it stands, or goes on by itself with every look.

use std::cell::Cell;

use app_domain::Timestamp;

const START: i64 = 1_795_000_000_000;

thread_local! {
    static NOW: Cell<i64> = const { Cell::new(START) };
    static STEP: Cell<i64> = const { Cell::new(0) };
}

/// So many milliseconds after the beginning of the tests' time.
pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(START + millis).unwrap()
}

/// When backups begin, unless a test says otherwise: long after everything was made.
pub(crate) const BEGAN: i64 = 10_000_000;

/// Sets the clock, and how far each look moves it.
pub(crate) fn set_clock(millis: i64, step: i64) {
    NOW.set(START + millis);
    STEP.set(step);
}

/// The time of this test.
pub(crate) fn now() -> Timestamp {
    NOW.set(NOW.get() + STEP.get());
    Timestamp::from_millis(NOW.get()).unwrap()
}

/// Lets time pass.
pub(crate) fn pass(span: std::time::Duration) {
    NOW.set(NOW.get() + i64::try_from(span.as_millis()).unwrap());
}
