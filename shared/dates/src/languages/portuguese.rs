//! Portuguese.

use app_text::language::Language;

use crate::meaning::Meaning::*;
use crate::meaning::Relation::*;
use crate::table::Table;

pub(super) const TABLE: Table = Table {
    language: Language::Portuguese,
    numbers: [
        "um|uma",
        "dois|duas",
        "três",
        "quatro",
        "cinco",
        "seis",
        "sete",
        "oito",
        "nove",
        "dez",
        "onze",
        "doze",
    ],
    units: [("dia", "dias"), ("semana", "semanas"), ("mês", "meses"), ("ano", "anos")],
    // Without "feira" they are ordinals.
    weekdays: [
        "segunda-feira",
        "terça-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "sábado",
        "domingo",
    ],
    months: [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    short_months: ["jan", "fev", "", "abr", "", "jun", "jul", "ago", "", "", "nov", "dez"],
    leads: &[
        ("de|do|da|em|no|na|durante (o|a)", In),
        ("desde (o|a)", Since),
        ("antes de|do|da", Before),
        ("depois de|do|da", After),
        ("após (o|a)", After),
    ],
    spans: &[
        ("hoje", DaysAgo(0)),
        ("hoje de manhã", DaysAgo(0)),
        ("esta|nesta manhã", DaysAgo(0)),
        ("ontem", DaysAgo(1)),
        ("ontem de|à|a manhã|tarde", DaysAgo(1)),
        ("anteontem", DaysAgo(2)),
        ("ontem à noite", LastNight),
        ("(a) noite passada", LastNight),
        ("este|esta|esse|essa|neste|nesta|nesse|nessa|deste|desta|desse|dessa UNIT", This),
        ("(o|a) UNIT passado|passada", Last),
        ("este|esta|neste|nesta WEEKDAY", ThisWeekday),
        ("(o|a) WEEKDAY passado|passada", LastWeekday),
        ("(o|a) último|última WEEKDAY", LastWeekday),
        ("DAY (de) MON (de|do) YEAR", Dated),
        ("MON (de|do) YEAR", Dated),
    ],
    whole: &[
        ("há N UNITS (atrás)", Ago),
        ("N UNITS atrás", Ago),
        ("(os|as|nos|nas|dos|das) últimos|últimas N UNITS", UpToNow),
        ("no|na WEEKDAY", Weekday),
        ("em MONTH", Month),
        ("no mês de MONTH", Month),
        ("em YEAR", Dated),
        ("no ano de YEAR", Dated),
    ],
    shared: &[],
    doubt_before: "para por até minha meu sua seu nossa nosso cada entre como não próximo próxima versão",
    doubt_after: "manhã tarde noite à ou até que próximo próxima",
    part_of: "de do da dos das antes depois",
};
