//! Every kind of phrase, in English.

use crate::support::check;

#[test]
fn days() {
    check(&[
        ("dentist <today>", "dentist", "2026-11-18", "2026-11-19"),
        ("<Yesterday>", "", "2026-11-17", "2026-11-18"),
        ("notes <from yesterday> about the garden", "notes about the garden", "2026-11-17", "2026-11-18"),
        ("<yesterday evening>, dentist", "dentist", "2026-11-17", "2026-11-18"),
        ("bill <the day before yesterday>", "bill", "2026-11-16", "2026-11-17"),
        ("<this morning>", "", "2026-11-18", "2026-11-19"),
        ("what happened <last night>?", "what happened", "2026-11-17T18:00", "2026-11-18T06:00"),
        ("<three days ago>", "", "2026-11-15", "2026-11-16"),
        ("1984 <2 days ago>", "1984", "2026-11-16", "2026-11-17"),
    ]);
}

#[test]
fn weeks_months_and_years() {
    check(&[
        ("dentist <last week>", "dentist", "2026-11-09", "2026-11-16"),
        ("dentist (<LAST   WEEK>) bill", "dentist bill", "2026-11-09", "2026-11-16"),
        ("<in this week>", "", "2026-11-16", "2026-11-23"),
        ("<this month>", "", "2026-11-01", "2026-12-01"),
        ("taxes <last month>", "taxes", "2026-10-01", "2026-11-01"),
        ("<this year> taxes", "taxes", "2026-01-01", "2027-01-01"),
        ("<last year>", "", "2025-01-01", "2026-01-01"),
        ("<a week ago>", "", "2026-11-09", "2026-11-16"),
        ("<2 weeks ago>", "", "2026-11-02", "2026-11-09"),
        ("recipe <twelve months ago>", "recipe", "2025-11-01", "2025-12-01"),
        ("<3 years ago>", "", "2023-01-01", "2024-01-01"),
    ]);
}

#[test]
fn up_to_now() {
    check(&[
        ("<last 7 days>", "", "2026-11-11", "2026-11-19"),
        ("invoices <past 3 months>", "invoices", "2026-08-18", "2026-11-19"),
        ("<in the last two weeks> dentist", "dentist", "2026-11-04", "2026-11-19"),
        ("<in the last week>", "", "2026-11-11", "2026-11-19"),
        ("<over the past year> health", "health", "2025-11-18", "2026-11-19"),
    ]);
}

#[test]
fn weekdays() {
    check(&[
        ("call <last friday>", "call", "2026-11-13", "2026-11-14"),
        ("call <last wednesday>", "call", "2026-11-11", "2026-11-12"),
        ("call <on Wednesday>", "call", "2026-11-18", "2026-11-19"),
        ("<on monday> dentist", "dentist", "2026-11-16", "2026-11-17"),
        ("<on thursday morning>", "", "2026-11-12", "2026-11-13"),
        ("<this monday>", "", "2026-11-16", "2026-11-17"),
    ]);
}

#[test]
fn months_and_years() {
    check(&[
        ("<in march>", "", "2026-03-01", "2026-04-01"),
        ("skiing <in december>", "skiing", "2025-12-01", "2026-01-01"),
        ("trip <in November>", "trip", "2026-11-01", "2026-12-01"),
        ("<in march 2025>", "", "2025-03-01", "2025-04-01"),
        ("<May 2025> walk", "walk", "2025-05-01", "2025-06-01"),
        ("walk <Sept. 2025>", "walk", "2025-09-01", "2025-10-01"),
        ("walk <in 2024>", "walk", "2024-01-01", "2025-01-01"),
        ("1984 <in the year 2024>", "1984", "2024-01-01", "2025-01-01"),
        ("report <q3 2025>", "report", "2025-07-01", "2025-10-01"),
        ("report <in Q4/2025>", "report", "2025-10-01", "2026-01-01"),
    ]);
}

#[test]
fn since_before_and_after() {
    check(&[
        ("walk <since march>", "walk", "2026-03-01", "2026-11-19"),
        ("<since 2024>", "", "2024-01-01", "2026-11-19"),
        ("<since yesterday>", "", "2026-11-17", "2026-11-19"),
        ("<since Monday>", "", "2026-11-16", "2026-11-19"),
        ("<before 2024> walk", "walk", "", "2024-01-01"),
        ("<before last week>", "", "", "2026-11-09"),
        ("<after 3 march 2025>", "", "2025-03-04", "2026-11-19"),
        ("<after 2024>", "", "2025-01-01", "2026-11-19"),
    ]);
}

#[test]
fn dates() {
    let day = ("2025-03-14", "2025-03-15");
    for phrase in [
        "2025-03-14",
        "2025/03/14",
        "14 March 2025",
        "14 mar. 2025",
        "the 14th of March 2025",
        "March 14, 2025",
        "march 14th 2025",
        "14.03.2025",
        "14.3.2025",
        "14/03/2025",
        "3/14/2025",
        "14-03-2025",
        "on 2025-03-14",
        "from March 14, 2025",
    ] {
        let marked = format!("dentist <{phrase}>, bill").leak();
        check(&[(marked, "dentist bill", day.0, day.1)]);
    }
    check(&[
        ("<3/3/2025>", "", "2025-03-03", "2025-03-04"),
        ("<02.03.2025>", "", "2025-03-02", "2025-03-03"),
    ]);
}

#[test]
fn quotations_and_exclusions_beside_it_stay() {
    check(&[
        ("\"red house\" <last week> -car", "\"red house\" -car", "2026-11-09", "2026-11-16"),
        ("„rotes Haus“ «maison» <today>", "„rotes Haus“ «maison»", "2026-11-18", "2026-11-19"),
        ("dentist - <yesterday>", "dentist", "2026-11-17", "2026-11-18"),
    ]);
}
