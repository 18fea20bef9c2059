//! Italian.

use app_text::language::Language;

use crate::meaning::Meaning::*;
use crate::meaning::Relation::*;
use crate::table::Table;

pub(super) const TABLE: Table = Table {
    language: Language::Italian,
    numbers: [
        "un|uno|una|un'", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici",
    ],
    units: [("giorno", "giorni"), ("settimana", "settimane"), ("mese", "mesi"), ("anno", "anni")],
    weekdays: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
    months: [
        "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre",
        "dicembre",
    ],
    short_months: ["", "feb", "", "apr", "", "giu", "", "ago", "", "ott", "nov", "dic"],
    leads: &[
        ("di|del|dello|della|dell'|in|nel|nello|nella|nell'|a|ad|durante|il|lo|la|l' (il|lo|la|l')", In),
        ("da|dal|dallo|dalla|dall'", Since),
        ("prima di|del|dello|della|dell'", Before),
        ("dopo (il|lo|la|l')", After),
    ],
    spans: &[
        ("oggi", DaysAgo(0)),
        ("stamattina|stamani", DaysAgo(0)),
        ("questa mattina", DaysAgo(0)),
        ("ieri (mattina|pomeriggio|sera)", DaysAgo(1)),
        ("(l') altro ieri", DaysAgo(2)),
        ("(l') altroieri", DaysAgo(2)),
        ("avantieri", DaysAgo(2)),
        ("ieri l'altro", DaysAgo(2)),
        ("ieri notte", LastNight),
        ("scorsa notte", LastNight),
        ("notte scorsa", LastNight),
        ("questo|questa|quest' UNIT", This),
        ("UNIT scorso|scorsa|passato|passata", Last),
        ("scorso|scorsa UNIT", Last),
        ("questo|questa WEEKDAY", ThisWeekday),
        ("WEEKDAY scorso|scorsa", LastWeekday),
        ("scorso|scorsa WEEKDAY", LastWeekday),
        ("DAY MON (del) YEAR", Dated),
        ("MON (del) YEAR", Dated),
    ],
    whole: &[
        ("N UNITS fa", Ago),
        ("(negli|nelle|degli|delle|gli|le) ultimi|ultime N UNITS", UpToNow),
        ("in|a|ad MONTH", Month),
        ("nel mese di MONTH", Month),
        ("nel YEAR", Dated),
        ("nell'anno YEAR", Dated),
    ],
    shared: &[],
    doubt_before: "per fino entro mia mio sua suo nostra nostro ogni tra fra come non prossimo prossima versione",
    doubt_after: "mattina pomeriggio sera notte o fino che prossimo prossima",
    part_of: "di del dello della dell dei degli delle prima dopo",
};
