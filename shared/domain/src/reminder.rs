//! Reminders: what a person is told by mail when its time has come.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::text::line;
use crate::{Invalid, MemoryId, ReminderId, Timestamp, UserId};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a person is reminded of: 1–500 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReminderText(String);

impl ReminderText {
    /// # Errors
    /// If it is empty, too long, or holds line breaks or control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, 500).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A time that a reminder can be set to: one minute to two years ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReminderTime(Timestamp);

impl ReminderTime {
    const SOONEST: Duration = Duration::from_secs(60);
    const LATEST: Duration = Duration::from_secs(2 * 365 * DAY.as_secs());

    /// # Errors
    /// If it is not ahead of `now`, or too far.
    pub fn ahead(at: Timestamp, now: Timestamp) -> Result<Self, Invalid> {
        if (now.plus(Self::SOONEST)..=now.plus(Self::LATEST)).contains(&at) {
            return Ok(Self(at));
        }
        Err(Invalid::new("must be at least a minute and at most two years (730 days) ahead"))
    }

    /// The time.
    pub fn get(self) -> Timestamp {
        self.0
    }
}

/// What has become of a reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReminderState {
    /// Its time has not come.
    Waiting,
    /// Its mail is on its way or has arrived.
    Sent,
    /// Its time has passed without a mail: there was no active account with a proved address then, or nobody sent any mail for a week.
    Missed,
}

impl ReminderState {
    /// Every state, in the order of lists.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Sent, Self::Missed];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Missed => "missed",
        }
    }
}

impl FromStr for ReminderState {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let named = Self::ALL.into_iter().find(|state| state.as_str() == text);
        named.ok_or_else(|| Invalid::new("must be waiting, sent or missed"))
    }
}

/// A reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// Its id.
    pub id: ReminderId,
    /// Whom it reminds.
    pub owner: UserId,
    /// The memory that it is about, which may be gone.
    pub memory: Option<MemoryId>,
    /// What of.
    pub text: ReminderText,
    /// When.
    pub at: Timestamp,
    /// What has become of it.
    pub state: ReminderState,
    /// When it was set.
    pub created_at: Timestamp,
}

/// A reminder to set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderDraft {
    /// The memory that it is about.
    pub memory: Option<MemoryId>,
    /// What of.
    pub text: ReminderText,
    /// When.
    pub at: ReminderTime,
}

impl Reminder {
    /// The most that wait for one person.
    pub const MAX_WAITING: usize = 500;
    /// How long one is kept that does not wait any more.
    pub const KEPT_FOR: Duration = Duration::from_secs(30 * DAY.as_secs());
    /// From when on its mail says that it is late.
    pub const LATE_AFTER: Duration = DAY;
    /// From when on it is too late for a mail.
    pub const MISSED_AFTER: Duration = Duration::from_secs(7 * DAY.as_secs());

    /// A new reminder.
    pub fn new(owner: UserId, draft: ReminderDraft, now: Timestamp) -> Self {
        Self {
            id: ReminderId::new(now),
            owner,
            memory: draft.memory,
            text: draft.text,
            at: draft.at.get(),
            state: ReminderState::Waiting,
            created_at: now,
        }
    }

    /// The reminder after a change.
    #[must_use]
    pub fn changed(self, at: Option<ReminderTime>, text: Option<ReminderText>) -> Self {
        Self { at: at.map_or(self.at, ReminderTime::get), text: text.unwrap_or(self.text), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
    }

    #[test]
    fn a_text_is_one_line() {
        assert_eq!(ReminderText::parse(" Call Ada ").unwrap().as_str(), "Call Ada");
        assert!(ReminderText::parse(&"é".repeat(500)).is_ok());
        for bad in ["", " ", "a\nb", "a\r\nBcc: eve@example.com", "\u{0}", &"é".repeat(501)] {
            assert!(ReminderText::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_time_is_a_minute_to_two_years_ahead() {
        const YEAR: i64 = 365 * 24 * 60 * 60;
        for good in [60, 61, YEAR, 2 * YEAR] {
            assert_eq!(ReminderTime::ahead(at(good), at(0)).map(ReminderTime::get), Ok(at(good)));
        }
        for bad in [-1, 0, 59, 2 * YEAR + 1] {
            assert!(ReminderTime::ahead(at(bad), at(0)).is_err(), "{bad}");
        }
        assert!(ReminderTime::ahead(Timestamp::MAX, at(0)).is_err());
        assert!(ReminderTime::ahead(Timestamp::MIN, at(0)).is_err());
    }

    #[test]
    fn states_are_read_as_they_are_written() {
        for state in ReminderState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::json!(state), state.as_str());
        }
        for bad in ["", "Waiting", "done"] {
            assert!(bad.parse::<ReminderState>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let text = |text| ReminderText::parse(text).unwrap();
        let time = |seconds| ReminderTime::ahead(at(seconds), at(0)).unwrap();
        let draft = ReminderDraft { memory: None, text: text("Call Ada"), at: time(60) };
        let before = Reminder::new(UserId::new(at(0)), draft, at(0));
        assert_eq!(before.clone().changed(None, None), before);
        let moved = before.clone().changed(Some(time(90)), None);
        assert_eq!((moved.at, &moved.text, moved.id), (at(90), &before.text, before.id));
        let other = before.clone().changed(None, Some(text("Write to Ada")));
        assert_eq!((other.at, other.text.as_str()), (before.at, "Write to Ada"));
    }
}
