//! Times as a person reads them: in their time zone and the way their language writes them.
//!
//! The few forms that headings need are written down here: the data of a library for every calendar and language are larger than a whole
//! function.

use app_domain::{ExportOptions, Timestamp};
use jiff::Zoned;
use jiff::tz::TimeZone;

/// How a language writes a day and a time of day.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Style {
    /// November 22, 2026, 2:05 PM
    American,
    /// 22 November 2026, 14:05
    British,
    German,
    Spanish,
    French,
    Italian,
    Portuguese,
    /// 2026-11-22 14:05, which everybody can read.
    Iso,
}

/// Writes times.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    zone: TimeZone,
    style: Style,
}

impl Times {
    /// As an export wants them. A time zone that there is not is UTC.
    pub(crate) fn of(options: &ExportOptions) -> Self {
        let zone = TimeZone::get(&options.timezone).unwrap_or(TimeZone::UTC);
        let mut parts = options.locale.as_str().split('-');
        let (language, region) = (parts.next().unwrap_or_default(), parts.find(|part| part.len() == 2));
        let style = match (language, region) {
            ("en", None | Some("US" | "PH")) => Style::American,
            ("en", _) => Style::British,
            ("de", _) => Style::German,
            ("es", _) => Style::Spanish,
            ("fr", _) => Style::French,
            ("it", _) => Style::Italian,
            ("pt", _) => Style::Portuguese,
            _ => Style::Iso,
        };
        Self { zone, style }
    }

    /// The name of the time zone.
    pub(crate) fn zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The day and the time of day.
    pub(crate) fn full(&self, at: Timestamp) -> String {
        let separator = if self.style == Style::Iso { " " } else { ", " };
        format!("{}{separator}{}", self.day(at), self.clock(at))
    }

    /// The day.
    pub(crate) fn day(&self, at: Timestamp) -> String {
        let zoned = self.zoned(at);
        let (day, month, year) = (zoned.day(), self.month_name(&zoned), zoned.year());
        match self.style {
            Style::American => format!("{month} {day}, {year}"),
            Style::German => format!("{day}. {month} {year}"),
            Style::Spanish | Style::Portuguese => format!("{day} de {month} de {year}"),
            Style::French if day == 1 => format!("1er {month} {year}"),
            Style::British | Style::French | Style::Italian => format!("{day} {month} {year}"),
            Style::Iso => iso_day(&zoned),
        }
    }

    /// The time of day.
    pub(crate) fn clock(&self, at: Timestamp) -> String {
        let zoned = self.zoned(at);
        if self.style != Style::American {
            return format!("{:02}:{:02}", zoned.hour(), zoned.minute());
        }
        let half = if zoned.hour() < 12 { "AM" } else { "PM" };
        format!("{}:{:02} {half}", (zoned.hour() + 11) % 12 + 1, zoned.minute())
    }

    /// The month, as a heading.
    pub(crate) fn month(&self, at: Timestamp) -> String {
        let zoned = self.zoned(at);
        let (month, year) = (self.month_name(&zoned), zoned.year());
        let heading = match self.style {
            Style::Spanish | Style::Portuguese => format!("{month} de {year}"),
            Style::Iso => format!("{year:04}-{:02}", zoned.month()),
            _ => format!("{month} {year}"),
        };
        let mut characters = heading.chars();
        characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
    }

    /// Such as `2026-11-22`, for names that sort.
    pub(crate) fn iso_day(&self, at: Timestamp) -> String {
        iso_day(&self.zoned(at))
    }

    /// Such as `2026-11`.
    pub(crate) fn iso_month(&self, at: Timestamp) -> String {
        let zoned = self.zoned(at);
        format!("{:04}-{:02}", zoned.year(), zoned.month())
    }

    /// Such as `2026`.
    pub(crate) fn year(&self, at: Timestamp) -> String {
        format!("{:04}", self.zoned(at).year())
    }

    /// With its distance from UTC, such as `2026-11-22T14:05:00+01:00`.
    pub(crate) fn precise(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        at.to_zoned(self.zone.clone())
    }

    fn month_name(&self, zoned: &Zoned) -> &'static str {
        let names = match self.style {
            Style::American | Style::British | Style::Iso => &ENGLISH,
            Style::German => &GERMAN,
            Style::Spanish => &SPANISH,
            Style::French => &FRENCH,
            Style::Italian => &ITALIAN,
            Style::Portuguese => &PORTUGUESE,
        };
        let place = usize::from(zoned.month().unsigned_abs()).saturating_sub(1);
        names.get(place).copied().unwrap_or_default()
    }
}

fn iso_day(zoned: &Zoned) -> String {
    format!("{:04}-{:02}-{:02}", zoned.year(), zoned.month(), zoned.day())
}

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const SPANISH: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const FRENCH: [&str; 12] = [
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
];
const ITALIAN: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];
const PORTUGUESE: [&str; 12] = [
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
];

#[cfg(test)]
mod tests {
    use super::*;
    use app_domain::{ExportFormat, LanguageTag};

    fn times(zone: &str, locale: &str) -> Times {
        let mut options = ExportOptions::of(ExportFormat::Txt);
        options.timezone = zone.to_owned();
        options.locale = LanguageTag::parse(locale).unwrap();
        Times::of(&options)
    }

    #[test]
    fn a_time_is_written_as_its_reader_writes_it_and_where_its_reader_is() {
        let at: Timestamp = "2026-11-30T23:05:00Z".parse().unwrap();
        for (zone, locale, expected) in [
            ("UTC", "en", "November 30, 2026, 11:05 PM"),
            ("Europe/London", "en-GB", "30 November 2026, 23:05"),
            ("Europe/Berlin", "de", "1. Dezember 2026, 00:05"),
            ("America/Sao_Paulo", "pt-BR", "30 de novembro de 2026, 20:05"),
            ("Europe/Paris", "fr", "1er décembre 2026, 00:05"),
            ("Asia/Tokyo", "ja", "2026-12-01 08:05"),
            ("Not/AZone", "it", "30 novembre 2026, 23:05"),
        ] {
            assert_eq!(times(zone, locale).full(at), expected);
        }
        assert_eq!(times("Europe/Madrid", "es").month(at), "Diciembre de 2026");
        assert_eq!(times("Europe/Madrid", "es").iso_day(at), "2026-12-01");
        assert_eq!(times("Europe/Berlin", "de").precise(at), "2026-12-01T00:05:00+01:00");
    }

    #[test]
    fn the_ends_of_time_can_be_written() {
        for (zone, locale) in [("Pacific/Kiritimati", "de"), ("Pacific/Pago_Pago", "en"), ("UTC", "ja")] {
            for at in [Timestamp::MIN, Timestamp::MAX] {
                assert!(!times(zone, locale).full(at).is_empty());
                assert!(!times(zone, locale).month(at).is_empty());
            }
        }
    }
}
