//! Dutch.

use app_text::language::Language;

use crate::meaning::Meaning::*;
use crate::meaning::Relation::*;
use crate::table::Table;

pub(super) const TABLE: Table = Table {
    language: Language::Dutch,
    numbers: [
        "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf",
    ],
    units: [("dag", "dagen"), ("week", "weken"), ("maand", "maanden"), ("jaar", "jaren")],
    weekdays: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    short_months: ["jan", "feb", "mrt", "apr", "", "jun", "jul", "aug", "sep|sept", "okt", "nov", "dec"],
    // "Voor" is before and for.
    leads: &[("van|uit|in|op|tijdens (de|het)", In), ("sinds (de|het)", Since), ("na (de|het)", After)],
    spans: &[
        ("vandaag", DaysAgo(0)),
        ("vanochtend|vanmorgen", DaysAgo(0)),
        ("gisteren|gisterochtend|gistermorgen|gistermiddag|gisteravond", DaysAgo(1)),
        ("gisteren ochtend|morgen|middag|avond", DaysAgo(1)),
        ("eergisteren", DaysAgo(2)),
        ("gisternacht|gisterennacht", LastNight),
        ("deze|dit UNIT", This),
        ("vorig|vorige UNIT", Last),
        ("deze WEEKDAY", ThisWeekday),
        ("afgelopen|vorige WEEKDAY", LastWeekday),
        ("DAY MON YEAR", Dated),
        ("MON YEAR", Dated),
    ],
    whole: &[
        ("N UNITS geleden", Ago),
        ("(in|uit|van|tijdens) (de) afgelopen|laatste N UNITS", UpToNow),
        ("(in|uit|van|tijdens) (de|het) afgelopen UNIT", UpToNow),
        ("op WEEKDAY", Weekday),
        ("in MONTH", Month),
        ("in|uit (het) (jaar) YEAR", Dated),
    ],
    shared: &[],
    doubt_before: "de het mijn jouw zijn haar ons onze hun elk elke ieder iedere voor tot vanaf tussen als niet volgend volgende \
                   versie",
    doubt_after: "ochtend morgen middag avond nacht of tot volgend volgende",
    part_of: "van voor na",
};
