//! Spanish.

use app_text::language::Language;

use crate::meaning::Meaning::*;
use crate::meaning::Relation::*;
use crate::table::Table;

pub(super) const TABLE: Table = Table {
    language: Language::Spanish,
    numbers: [
        "un|uno|una",
        "dos",
        "tres",
        "cuatro",
        "cinco",
        "seis",
        "siete",
        "ocho",
        "nueve",
        "diez",
        "once",
        "doce",
    ],
    units: [("día", "días"), ("semana", "semanas"), ("mes", "meses"), ("año", "años")],
    weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre|setiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    // "Mar" is the sea.
    short_months: ["ene", "feb", "", "abr", "", "jun", "jul", "ago", "sep|sept", "oct", "nov", "dic"],
    leads: &[
        ("de|del|en|durante (el|la)", In),
        ("desde (el|la)", Since),
        ("antes de|del (el|la)", Before),
        ("después de|del (el|la)", After),
    ],
    spans: &[
        ("hoy", DaysAgo(0)),
        ("esta mañana", DaysAgo(0)),
        ("ayer", DaysAgo(1)),
        ("ayer por la mañana|tarde", DaysAgo(1)),
        ("anteayer|antier", DaysAgo(2)),
        ("antes de ayer", DaysAgo(2)),
        ("anoche", LastNight),
        ("ayer por la noche", LastNight),
        ("este|esta UNIT", This),
        ("(el|la) UNIT pasado|pasada", Last),
        ("(el|la) pasado|pasada UNIT", Last),
        ("este WEEKDAY", ThisWeekday),
        ("(el) WEEKDAY pasado", LastWeekday),
        ("(el) pasado WEEKDAY", LastWeekday),
        ("(el) DAY (de) MON (de|del) YEAR", Dated),
        ("MON (de|del) YEAR", Dated),
        ("el DATE", Dated),
    ],
    whole: &[
        ("hace N UNITS", Ago),
        ("(en|durante|de) (los|las) últimos|últimas N UNITS", UpToNow),
        ("el WEEKDAY", Weekday),
        ("en (el) (mes) (de) MONTH", Month),
        ("en (el) (año) YEAR", Dated),
    ],
    shared: &[],
    doubt_before: "para por hasta mi mis tu su sus nuestro nuestra cada entre como no próximo próxima versión",
    doubt_after: "mañana tarde noche por o hasta que próximo próxima",
    part_of: "de del antes después",
};
