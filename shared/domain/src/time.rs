//! Points in time, to the millisecond, in UTC.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time, to the millisecond. Written as RFC 3339 with exactly three decimals and `Z`, so that its text sorts
/// as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// The beginning of time.
    pub const MIN: Self = Self(jiff::Timestamp::MIN);
    /// The end of time.
    pub const MAX: Self = Self(jiff::Timestamp::MAX);

    /// From milliseconds since 1970, or `None` outside the years −9999 to 9999.
    pub fn from_millis(millis: i64) -> Option<Self> {
        jiff::Timestamp::from_millisecond(millis).ok().map(Self)
    }

    /// Milliseconds since 1970.
    pub fn as_millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Whole seconds since 1970, as JWTs and the table's TTL attribute want them.
    pub fn as_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// This much later; the end of time if that lies beyond it.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span).unwrap_or(jiff::Timestamp::MAX))
    }

    /// Its calendar month in UTC, such as `2026-11`.
    pub fn month(self) -> String {
        self.0.strftime("%Y-%m").to_string()
    }

    /// Its calendar day in UTC, such as `2026-11-21`.
    pub fn day(self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }

    /// How long until the next calendar month begins, in UTC.
    pub fn until_next_month(self) -> Duration {
        let date = self.0.to_zoned(jiff::tz::TimeZone::UTC).date();
        let next = date.first_of_month().checked_add(jiff::Span::new().months(1));
        let begins = next.and_then(|next| next.to_zoned(jiff::tz::TimeZone::UTC));
        begins.map(|begins| Self(begins.timestamp()).since(self)).unwrap_or_default()
    }

    /// As a date and a time of day.
    pub(crate) fn to_utc(self) -> jiff::Zoned {
        self.0.to_zoned(jiff::tz::TimeZone::UTC)
    }

    /// How long ago `earlier` was; zero if it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.as_millis() - earlier.as_millis()).unwrap_or(0))
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(at: jiff::Timestamp) -> Self {
        // Truncation stays within range: a timestamp with its sub-milliseconds dropped is still a timestamp.
        Self(jiff::Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at))
    }
}

impl std::str::FromStr for Timestamp {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(Self::from)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_three_decimals_even_for_whole_seconds() {
        let at = Timestamp::from_millis(1_795_000_000_000).unwrap();
        assert_eq!(at.to_string(), "2026-11-18T11:06:40.000Z");
        assert_eq!(at.to_string().parse::<Timestamp>().unwrap(), at);
    }

    #[test]
    fn knows_its_month() {
        let at: Timestamp = "2026-12-31T23:00:00Z".parse().unwrap();
        assert_eq!((at.month().as_str(), at.until_next_month().as_secs()), ("2026-12", 3600));
    }

    #[test]
    fn drops_what_is_finer_than_a_millisecond() {
        let at: Timestamp = "2026-11-18T11:06:40.123999Z".parse().unwrap();
        assert_eq!(at.to_string(), "2026-11-18T11:06:40.123Z");
    }
}
