//! Which types are read, and how.

/// A way to read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Plain,
    /// Rows of cells. What is between cells is known of some types only.
    Table {
        delimiter: Option<u8>,
    },
    Subtitles,
    Json,
    Html,
    Xml,
    Rtf,
    Mail,
    Pdf,
    Word,
    Slides,
    Sheets,
    OpenDocument,
    /// An OpenDocument file that is one XML file.
    FlatOpenDocument,
    Book,
}

/// Types that are text as they are, and not called so.
const PLAIN: [&str; 12] = [
    "application/ecmascript",
    "application/javascript",
    "application/sql",
    "application/toml",
    "application/typescript",
    "application/x-javascript",
    "application/x-latex",
    "application/x-sh",
    "application/x-tex",
    "application/x-yaml",
    "application/yaml",
    "application/graphql",
];

const OFFICE: &str = "application/vnd.openxmlformats-officedocument.";

const OPEN_DOCUMENT: &str = "application/vnd.oasis.opendocument.";

impl Format {
    /// How files of a type are read. None, if there is no text in them, or none that is known how to read.
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if let Some(kind) = essence.strip_prefix(OFFICE) {
            return match kind.split('.').next() {
                Some("wordprocessingml") => Some(Self::Word),
                Some("presentationml") => Some(Self::Slides),
                Some("spreadsheetml") => Some(Self::Sheets),
                _ => None,
            };
        }
        if let Some(kind) = essence.strip_prefix(OPEN_DOCUMENT) {
            return match kind {
                _ if kind.ends_with("-flat-xml") => Some(Self::FlatOpenDocument),
                "base" | "database" | "image" => None,
                _ => Some(Self::OpenDocument),
            };
        }
        match essence.as_str() {
            "application/pdf" | "application/x-pdf" => Some(Self::Pdf),
            "application/epub+zip" => Some(Self::Book),
            "application/vnd.ms-word.document.macroenabled.12"
            | "application/vnd.ms-word.template.macroenabled.12" => Some(Self::Word),
            "application/vnd.ms-powerpoint.presentation.macroenabled.12"
            | "application/vnd.ms-powerpoint.slideshow.macroenabled.12"
            | "application/vnd.ms-powerpoint.template.macroenabled.12" => Some(Self::Slides),
            "application/vnd.ms-excel.sheet.macroenabled.12"
            | "application/vnd.ms-excel.template.macroenabled.12" => Some(Self::Sheets),
            "text/csv" | "application/csv" => Some(Self::Table { delimiter: None }),
            "text/tab-separated-values" => Some(Self::Table { delimiter: Some(b'\t') }),
            "text/vtt" | "application/x-subrip" | "text/x-subrip" | "text/srt" => Some(Self::Subtitles),
            "text/html" | "application/xhtml+xml" => Some(Self::Html),
            "text/rtf" | "application/rtf" | "application/x-rtf" => Some(Self::Rtf),
            "message/rfc822" => Some(Self::Mail),
            "text/xml" | "application/xml" => Some(Self::Xml),
            "application/json"
            | "application/x-ndjson"
            | "application/jsonl"
            | "application/x-jsonlines"
            | "text/json" => Some(Self::Json),
            _ if essence.ends_with("+xml") => Some(Self::Xml),
            _ if essence.ends_with("+json") => Some(Self::Json),
            _ if essence.ends_with("+yaml")
                || essence.starts_with("text/")
                || PLAIN.contains(&essence.as_str()) =>
            {
                Some(Self::Plain)
            }
            _ => None,
        }
    }
}

/// The charset that a type names.
pub(crate) fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_what_they_are() {
        for (content_type, format) in [
            ("text/plain; charset=utf-8", Some(Format::Plain)),
            ("Text/X-Rust", Some(Format::Plain)),
            ("application/yaml", Some(Format::Plain)),
            ("application/pdf", Some(Format::Pdf)),
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", Some(Format::Word)),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.template", Some(Format::Sheets)),
            ("application/vnd.oasis.opendocument.text", Some(Format::OpenDocument)),
            ("application/vnd.oasis.opendocument.text-flat-xml", Some(Format::FlatOpenDocument)),
            ("image/svg+xml", Some(Format::Xml)),
            ("application/xhtml+xml", Some(Format::Html)),
            ("application/ld+json", Some(Format::Json)),
            ("image/png", None),
            ("application/zip", None),
            ("application/msword", None),
            ("", None),
        ] {
            assert_eq!(Format::of(content_type), format, "{content_type}");
        }
    }

    #[test]
    fn a_charset_is_found_among_parameters() {
        assert_eq!(charset("text/html; boundary=x; Charset=\"Windows-1252\""), Some("Windows-1252"));
        assert_eq!(charset("text/html"), None);
    }
}
