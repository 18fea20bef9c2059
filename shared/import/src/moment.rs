//! Times as other services write them: seconds, milliseconds and finer, whole and broken, as numbers and texts, with a zone and without.

use app_domain::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// When that is; `zone` is for those that name none. `None` if it is no time, or none that anybody has written something at.
pub(crate) fn moment(value: &Value, zone: &TimeZone) -> Option<Timestamp> {
    match value {
        Value::Number(number) => counted(number.as_f64()?),
        Value::String(text) => written(text.trim(), zone),
        Value::Object(object) => {
            // As MongoDB exports it.
            let date = object.get("$date")?;
            let date = date.get("$numberLong").unwrap_or(date);
            (!date.is_object()).then(|| moment(date, zone)).flatten()
        }
        _ => None,
    }
}

/// Since 1970, in whatever unit makes it a time of our days.
fn counted(count: f64) -> Option<Timestamp> {
    let millis = match count {
        count if count >= 1e17 => count / 1e6,
        count if count >= 1e14 => count / 1e3,
        count if count >= 1e11 => count,
        count if count >= 1e8 => count * 1e3,
        _ => return None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is below 1e15, or else cut to the largest number, which is no time"
    )]
    Timestamp::from_millis(millis.round() as i64)
}

fn written(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    // Before that, nobody has chatted with a machine: it stands for no time.
    let is_of_our_days = |at: &Timestamp| at.as_millis() >= 100_000_000_000;
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at).filter(is_of_our_days);
    }
    if let Ok(count) = text.parse::<f64>() {
        return counted(count);
    }
    let local: DateTime = text.parse().ok()?;
    let at = zone.to_ambiguous_zoned(local).compatible().ok()?;
    Some(Timestamp::from(at.timestamp())).filter(is_of_our_days)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(value: Value) -> Option<String> {
        let berlin = TimeZone::fixed(jiff::tz::offset(1));
        moment(&value, &berlin).map(|at| at.to_string())
    }

    #[test]
    fn one_moment_is_read_however_it_is_written() {
        for same in [
            json!(1_756_000_000.25),
            json!(1_756_000_000_250_i64),
            json!(1_756_000_000_250_000_i64),
            json!(1_756_000_000_250_000_000_i64),
            json!("1756000000.25"),
            json!("2025-08-24T01:46:40.250Z"),
            json!("2025-08-24T01:46:40.250000+00:00"),
            json!("2025-08-24 03:46:40.25+02:00"),
            json!("2025-08-24 02:46:40.250"),
            json!({"$date": "2025-08-24T01:46:40.250Z"}),
            json!({"$date": {"$numberLong": "1756000000250"}}),
        ] {
            assert_eq!(at(same.clone()).as_deref(), Some("2025-08-24T01:46:40.250Z"), "{same}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for none in [
            json!(null),
            json!(0),
            json!(7),
            json!(-5),
            json!(1e300),
            json!("yesterday"),
            json!(""),
            json!("1970-01-01T00:00:00Z"),
            json!("nan"),
            json!("inf"),
            json!([1_756_000_000]),
            json!({"$date": {"$date": {"$date": 1}}}),
        ] {
            assert_eq!(at(none.clone()), None, "{none}");
        }
    }
}
