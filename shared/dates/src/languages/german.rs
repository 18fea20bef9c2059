//! German.

use app_text::language::Language;

use crate::meaning::Meaning::*;
use crate::meaning::Relation::*;
use crate::table::Table;

pub(super) const TABLE: Table = Table {
    language: Language::German,
    numbers: [
        "ein|eins|eine|einem|einen|einer",
        "zwei",
        "drei",
        "vier",
        "fünf|fuenf",
        "sechs",
        "sieben",
        "acht",
        "neun",
        "zehn",
        "elf",
        "zwölf|zwoelf",
    ],
    units: [
        ("tag", "tage|tagen"),
        ("woche", "wochen"),
        ("monat|monats", "monate|monaten"),
        ("jahr|jahres", "jahre|jahren"),
    ],
    weekdays: ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag|sonnabend", "sonntag"],
    months: [
        "januar|jänner|jaenner",
        "februar",
        "märz|maerz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
    ],
    short_months: ["jan", "feb", "mär|mrz", "apr", "", "jun", "jul", "aug", "sep|sept", "okt", "nov", "dez"],
    leads: &[
        ("von|vom|aus|am|in|im|während|der|des|den (der|dem|den|des)", In),
        ("seit (der|dem)", Since),
        ("vor (der|dem)", Before),
        ("nach (der|dem)", After),
    ],
    spans: &[
        ("heute (morgen|früh|vormittag)", DaysAgo(0)),
        ("gestern (morgen|früh|vormittag|mittag|nachmittag|abend)", DaysAgo(1)),
        ("vorgestern (morgen|früh|vormittag|mittag|nachmittag|abend)", DaysAgo(2)),
        ("letzte|letzter|vergangene|vergangener nacht", LastNight),
        ("diese|diesem|diesen|dieser|dieses UNIT", This),
        ("letzte|letztem|letzten|letzter|letztes UNIT", Last),
        ("vergangene|vergangenem|vergangenen|vergangener|vergangenes UNIT", Last),
        ("vorige|vorigem|vorigen|voriger|voriges UNIT", Last),
        ("diesen WEEKDAY", ThisWeekday),
        ("letzten|vergangenen|vorigen WEEKDAY", LastWeekday),
        ("DAY MON YEAR", Dated),
        ("MON YEAR", Dated),
    ],
    whole: &[
        ("vor N UNITS", Ago),
        ("(in|aus|von|während) (den|der|die) letzte|letzten|vergangene|vergangenen N UNITS", UpToNow),
        ("am WEEKDAY (morgen|vormittag|mittag|nachmittag|abend)", Weekday),
        ("im (monat) MONTH", Month),
        ("in|aus YEAR", Dated),
        ("im jahr|jahre YEAR", Dated),
        ("aus dem jahr|jahre YEAR", Dated),
        // In Italian, this is since then.
        ("da YEAR", Unsure),
        ("da DATE", Unsure),
    ],
    shared: &[],
    doubt_before: "die das mein meine meinem meinen meiner dein deine sein seine ihr ihre unser unsere unserem jede jeden jeder \
                   jedes für bis ab zwischen als wie nicht nächste nächsten version",
    doubt_after: "morgen früh vormittag mittag nachmittag abend nacht oder bis nächste nächsten nächster",
    part_of: "der des von vom vor nach",
};
