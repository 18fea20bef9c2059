use serde_json::json;

use super::*;

fn at(text: &str) -> String {
    let dates = Dates { timezone: TimeZone::fixed(jiff::tz::offset(2)), is_day_first: false };
    dates.text(text).map(|at| at.to_string()).unwrap_or_default()
}

#[test]
fn dates_are_read_as_they_are_written_in_many_places() {
    for text in [
        "2024-03-05",
        "2024-03-05T00:00",
        "2024-03-05 00:00:00",
        "2024-03-04T22:00:00Z",
        "2024-03-05T00:00:00+02:00",
        "2024/03/05",
        "2024.03.05",
        "5.3.2024",
        "05.03.24",
        "3/5/2024",
        "03/05/24",
        "March 5, 2024",
        "Mar 5, 2024",
        "5 March 2024",
        "05 Mar 2024",
        "Tuesday, March 5, 2024",
        "March 5, 2024 at 12:00 AM",
        "3/5/2024, 12:00:00 am",
        "3/5/24 0:00",
        "Tue, 05 Mar 2024 00:00:00 +0200",
        "2024-03-05 00:00:00 +0200",
        "2024-03-04 22:00:00 UTC+00:00",
        "1709589600",
        "1709589600000",
        "45356",
        "20240305",
        "20240305000000",
    ] {
        assert_eq!(at(text), "2024-03-04T22:00:00.000Z", "{text}");
    }
    assert_eq!(at("1950-01-02"), "1950-01-01T22:00:00.000Z");
    assert_eq!(at("13/5/2024 3:05 pm"), "2024-05-13T13:05:00.000Z");
}

#[test]
fn what_is_no_date_is_none() {
    for text in [
        "",
        " ",
        "soon",
        "12",
        "3.5",
        "2024-13-45",
        "1:2:3",
        "10:30",
        "99/99/9999",
        "5 March",
        "½/½/½",
        ":",
        "2024-03-05 25:00",
        "5/5/5/5",
    ] {
        assert_eq!(at(text), "", "{text}");
    }
}

#[test]
fn a_column_of_dates_shows_its_order() {
    assert_eq!(shows_day_first("31/12/2024 10:00"), Some(true));
    assert_eq!(shows_day_first("12/31/2024"), Some(false));
    assert_eq!(shows_day_first("11/12/2024"), None);
    assert!(is_ambiguous("11/12/2024") && !is_ambiguous("11/11/2024") && !is_ambiguous("1.2.2024"));
}

fn of_note(value: &Value) -> Option<String> {
    let dates = Dates { timezone: TimeZone::get("Europe/Berlin").unwrap(), is_day_first: true };
    dates.value(value).map(|at| at.to_string())
}

#[test]
fn dates_are_read_as_they_are_written_at_the_top_of_notes() {
    for same in [
        json!("2026-11-21T13:03:00Z"),
        json!("2026-11-21T14:03:00+01:00"),
        json!("2026-11-21 14:03"),
        json!("2026-11-21T14:03:00.000"),
        json!("2026-11-21, 14:03"),
        json!("2026-11-21 14:03:00 +0100"),
        json!("2026-11-21 2:03 PM"),
        json!("2026/11/21 14:03"),
        json!("21.11.2026 14:03"),
        json!("21/11/2026 14:03"),
        json!("11/21/2026 14:03"),
        json!("November 21, 2026 2:03 PM"),
        json!("Saturday, November 21st, 2026 at 2:03 PM"),
        json!("21 Nov 2026 14:03"),
        json!("Sat, 21 Nov 2026 14:03:00 +0100"),
        json!("Sat Nov 21 2026 14:03:00 GMT+0100 (Central European Standard Time)"),
        json!("[[2026-11-21 14:03]]"),
        json!(202_611_211_403_i64),
        json!("20261121140300"),
        json!(1_795_266_180),
        json!(1_795_266_180_000_i64),
        json!(["2026-11-21 14:03"]),
    ] {
        assert_eq!(of_note(&same).as_deref(), Some("2026-11-21T13:03:00.000Z"), "{same}");
    }
    for same in [
        json!("2026-11-21"),
        json!(20_261_121),
        json!("21.11.2026"),
        json!("Nov 21, 2026"),
        json!("21 November 2026"),
        json!("2026/11/21"),
    ] {
        assert_eq!(of_note(&same).as_deref(), Some("2026-11-20T23:00:00.000Z"), "{same}");
    }
}

#[test]
fn what_is_no_date_of_a_note_is_none() {
    for none in [
        json!(""),
        json!("soon"),
        json!("{{date}}"),
        json!(7),
        json!(-1),
        json!(null),
        json!({}),
        json!([[1]]),
        json!(["2026-11-21", "2026-11-22"]),
        json!("99/99/2026"),
        json!("1".repeat(70)),
    ] {
        assert_eq!(of_note(&none), None, "{none}");
    }
}

#[test]
fn daily_notes_have_the_day_in_their_name() {
    let dates = Dates { timezone: TimeZone::UTC, is_day_first: true };
    let named = |name: &str| dates.of_name(name).map(|at| at.day());
    assert_eq!(named("2026-11-21 Lisbon").as_deref(), Some("2026-11-21"));
    assert_eq!(named("2026-11-21").as_deref(), Some("2026-11-21"));
    assert_eq!((named("2026-11-211"), named("é026-11-21"), named("Lisbon")), (None, None, None));
}
