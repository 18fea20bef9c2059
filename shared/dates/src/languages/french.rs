//! French.

use app_text::language::Language;

use crate::meaning::Meaning::*;
use crate::meaning::Relation::*;
use crate::table::Table;

pub(super) const TABLE: Table = Table {
    language: Language::French,
    numbers: [
        "un|une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    ],
    units: [("jour", "jours"), ("semaine", "semaines"), ("mois", "mois"), ("an|année", "ans|années")],
    weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    short_months: ["janv", "fév|févr", "", "avr", "", "", "juil", "", "sept", "oct", "nov", "déc"],
    leads: &[
        ("de|du|d'|en|le|pendant|durant|dans", In),
        ("depuis (le|la|l')", Since),
        ("avant (le|la|l')", Before),
        ("après (le|la|l')", After),
    ],
    spans: &[
        ("aujourd'hui", DaysAgo(0)),
        ("ce matin", DaysAgo(0)),
        ("hier matin|soir|après-midi", DaysAgo(1)),
        ("avant-hier (matin|soir|après-midi)", DaysAgo(2)),
        ("(la) nuit dernière", LastNight),
        ("ce|cette UNIT (-ci)", This),
        ("(le|la|l') UNIT dernier|dernière|passé|passée", Last),
        ("WEEKDAY dernier|passé", LastWeekday),
        ("ce WEEKDAY", ThisWeekday),
        ("(le) DAY MON YEAR", Dated),
        ("MON YEAR", Dated),
    ],
    whole: &[
        ("il y a N UNITS", Ago),
        ("(au) (cours) (dans|pendant|durant|de|des|sur) (les|ces) N derniers|dernières UNITS", UpToNow),
        ("en MONTH", Month),
        ("au mois de|d' MONTH", Month),
        ("en YEAR", Dated),
        ("en l'année YEAR", Dated),
    ],
    // German and Dutch for "here".
    shared: &[("hier", DaysAgo(1))],
    doubt_before: "pour par jusqu à ma mon sa son notre votre leur chaque entre comme pas prochain prochaine version",
    doubt_after: "matin midi après soir nuit ou jusqu prochain prochaine",
    part_of: "de du des d avant après",
};
