//! What a message says: its words, its files, and what WhatsApp says in its place.

use serde_json::{Map, Value, json};

use super::phrases;
use super::stamp::is_mark;

/// The longest name of a file.
const MAX_NAME_CHARS: usize = 200;

/// A message, taken apart.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Body {
    /// Its words, without what names its files.
    pub text: String,
    /// Its files.
    pub files: Vec<Named>,
    /// What is known of it besides.
    pub metadata: Map<String, Value>,
}

/// A file of a message.
#[derive(Debug, PartialEq)]
pub(super) enum Named {
    /// By its name.
    Name(String),
    /// Not exported: only what it was.
    Omitted(&'static str),
}

/// Takes apart what a message says. `has_file` knows which files are in the archive.
pub(super) fn body(said: &str, has_file: &dyn Fn(&str) -> bool) -> Body {
    let mut body = Body::default();
    let (said, is_edited) = without_edited(said);
    if is_edited {
        body.metadata.insert("edited".to_owned(), json!(true));
    }
    let plain = said.trim_matches(|char| is_mark(char) || char == ' ');
    if phrases::is_deleted(plain) {
        body.metadata.insert("deleted".to_owned(), json!(true));
    }
    let mut kept = Vec::new();
    for (at, line) in said.lines().enumerate() {
        let (words, file) = split_file(line, at == 0, has_file);
        let is_only_a_file =
            file.is_some() && words.trim_matches(|char| is_mark(char) || char == ' ').is_empty();
        body.files.extend(file);
        if !is_only_a_file {
            kept.push(words);
        }
    }
    body.text = kept.join("\n").trim_matches(|char| is_mark(char) || char == '\n' || char == ' ').to_owned();
    if let Some(location) = location(&body.text) {
        body.metadata.insert("location".to_owned(), location);
    }
    if let Some(poll) = poll(&body.text) {
        body.metadata.insert("poll".to_owned(), poll);
    }
    body
}

/// Whether something is said by WhatsApp and not by the one whose name is before it, which iOS shows by a mark.
pub(super) fn is_notice(said: &str) -> bool {
    let Some(rest) = said.strip_prefix('\u{200e}') else { return false };
    let body = body(rest, &|_| false);
    body.files.is_empty() && body.metadata.is_empty()
}

/// The text without the mark of messages that were edited.
fn without_edited(said: &str) -> (&str, bool) {
    let end = said.trim_end_matches(|char: char| char.is_whitespace() || is_mark(char));
    let marked = end.strip_suffix('>').and_then(|rest| rest.rsplit_once('<'));
    match marked {
        Some((before, words)) if phrases::is_edited(words) => {
            (before.trim_end_matches(|char: char| char.is_whitespace() || is_mark(char)), true)
        }
        _ => (said, false),
    }
}

/// A line without the file that it names.
fn split_file<'a>(
    line: &'a str,
    is_first: bool,
    has_file: &dyn Fn(&str) -> bool,
) -> (&'a str, Option<Named>) {
    let trimmed = line.trim_end_matches(|char: char| char.is_whitespace() || is_mark(char));
    // iOS: `<attached: 00000012-PHOTO-2026-11-21-14-03-22.jpg>`, in any language.
    if let Some((before, inside)) = trimmed.strip_suffix('>').and_then(|rest| rest.rsplit_once('<'))
        && let Some((word, name)) = inside.split_once([':', '：'])
        && word.chars().count() <= 40
    {
        let name = clean(name);
        if is_file_name(name) && (before.is_empty() || before.ends_with(is_mark) || has_file(name)) {
            return (
                before.trim_end_matches(|char: char| char.is_whitespace() || is_mark(char)),
                Some(Named::Name(name.to_owned())),
            );
        }
    }
    if !is_first {
        return (line, None);
    }
    // Android: `IMG-20261121-WA0001.jpg (file attached)`.
    if let Some((name, words)) = trimmed.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        let name = clean(name);
        if is_file_name(name) && (phrases::is_attached(words) || is_of_whatsapp(name) || has_file(name)) {
            return ("", Some(Named::Name(name.to_owned())));
        }
    }
    if let Some(kind) = omitted(trimmed) {
        return ("", Some(Named::Omitted(kind)));
    }
    // iOS: `Report.pdf • 3 pages <mark>document omitted`.
    if let Some((before, words)) = trimmed.rsplit_once('\u{200e}')
        && let Some(kind) = phrases::omitted(words)
    {
        return (before.trim_end(), Some(Named::Omitted(kind)));
    }
    (line, None)
}

/// What was omitted, if that is all that is said. People say `video omitted` too, but hardly without a mark or brackets.
fn omitted(text: &str) -> Option<&'static str> {
    let kind = phrases::omitted(text)?;
    let text = text.trim_matches(is_mark);
    let is_bracketed = text.starts_with('<') && text.ends_with('>');
    (is_bracketed || kind != "file" || text.ends_with("omitted")).then_some(kind)
}

fn clean(name: &str) -> &str {
    name.trim_matches(|char: char| char.is_whitespace() || is_mark(char))
}

/// Whether it is a plain name with an ending, and no path.
fn is_file_name(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    !stem.is_empty()
        && (1..=8).contains(&ending.len())
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && name.chars().count() <= MAX_NAME_CHARS
        && !name.contains(['/', '\\', '<', '>', '\n', '\r', '\0'])
}

/// Whether it is a name that WhatsApp gives, such as `PTT-20261121-WA0001.opus`.
fn is_of_whatsapp(name: &str) -> bool {
    let mut parts = name.split(['-', '.']);
    let kind = parts.next().is_some_and(|kind| ["IMG", "VID", "AUD", "PTT", "STK", "DOC"].contains(&kind));
    let day = parts.next().is_some_and(|day| day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()));
    kind && day && parts.next().is_some_and(|number| number.starts_with("WA"))
}

/// The place that a message names.
fn location(text: &str) -> Option<Value> {
    let line = text.lines().find(|line| line.contains("maps.google.com/?q="))?;
    let (_, query) = line.split_once("maps.google.com/?q=")?;
    let (latitude, rest) = query.split_once(',')?;
    let longitude = rest.split(|char: char| !(char.is_ascii_digit() || char == '.' || char == '-')).next()?;
    let (latitude, longitude) = (latitude.parse::<f64>().ok()?, longitude.parse::<f64>().ok()?);
    let is_on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    is_on_earth.then(|| json!({ "latitude": latitude, "longitude": longitude }))
}

/// A poll: its question, and its options with how many chose them.
fn poll(text: &str) -> Option<Value> {
    /// WhatsApp has up to twelve.
    const MAX_OPTIONS: usize = 12;
    let mut lines =
        text.lines().map(|line| line.trim_matches(|char: char| char.is_whitespace() || is_mark(char)));
    if !phrases::is_poll(lines.next()?) {
        return None;
    }
    let question = lines.next().filter(|question| !question.is_empty())?;
    let options: Vec<Value> = lines.filter_map(option).take(MAX_OPTIONS).collect();
    let question: String = question.chars().take(300).collect();
    (!options.is_empty()).then(|| json!({ "question": question, "options": options }))
}

/// `OPTION: Pizza (3 votes)`
fn option(line: &str) -> Option<Value> {
    let (word, rest) = line.split_once([':', '：'])?;
    if word.chars().count() > 20 {
        return None;
    }
    let (text, votes) = rest.trim().strip_suffix([')', '）'])?.rsplit_once(['(', '（'])?;
    let votes: u64 = votes.chars().filter(char::is_ascii_digit).take(6).collect::<String>().parse().ok()?;
    let text: String = text.trim().chars().take(100).collect();
    Some(json!({ "text": text, "votes": votes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(said: &str) -> (String, String, String) {
        let body = body(said, &|name| name == "Plan B.pdf");
        let files = body.files.iter().map(|file| match file {
            Named::Name(name) => name.clone(),
            Named::Omitted(kind) => format!("<{kind}>"),
        });
        let metadata = Value::Object(body.metadata).to_string();
        (body.text, files.collect::<Vec<_>>().join(" "), metadata)
    }

    #[test]
    fn files_are_found_in_whatever_language() {
        let cases = [
            (
                "\u{200e}<attached: 00000012-PHOTO-2026-11-21-14-03-22.jpg>",
                "",
                "00000012-PHOTO-2026-11-21-14-03-22.jpg",
            ),
            ("\u{200e}<Anhang: 00000012-AUDIO.opus>", "", "00000012-AUDIO.opus"),
            ("\u{200e}<pièce jointe : 00000012-Bo.vcf>", "", "00000012-Bo.vcf"),
            ("\u{200e}<附件：00000012-PHOTO.jpg>", "", "00000012-PHOTO.jpg"),
            ("Look! \u{200e}<attached: 00000012-PHOTO.jpg>", "Look!", "00000012-PHOTO.jpg"),
            (
                "Report.pdf • \u{200e}3 pages \u{200e}<attached: 00000031-Report.pdf>",
                "Report.pdf • \u{200e}3 pages",
                "00000031-Report.pdf",
            ),
            ("IMG-20261121-WA0001.jpg (file attached)", "", "IMG-20261121-WA0001.jpg"),
            ("\u{200e}IMG-20261121-WA0001.jpg (قرص مضغوط)\nBeach", "Beach", "IMG-20261121-WA0001.jpg"),
            ("Letter.docx (Datei angehängt)", "", "Letter.docx"),
            ("Plan B.pdf (στο αρχείο)", "", "Plan B.pdf"),
            ("<Media omitted>", "", "<file>"),
            ("<Medien ausgeschlossen>", "", "<file>"),
            ("\u{200e}Bild weggelassen", "", "<image>"),
            ("\u{200e}Contact card omitted", "", "<contact>"),
            (
                "Report.pdf • \u{200e}3 pages \u{200e}document omitted",
                "Report.pdf • \u{200e}3 pages",
                "<document>",
            ),
        ];
        for (said, text, file) in cases {
            let found = read(said);
            assert_eq!((found.0.as_str(), found.1.as_str()), (text, file), "{said}");
        }
    }

    #[test]
    fn what_only_looks_like_a_file_stays_text() {
        for said in [
            "I <3 you",
            "see <note: this>",
            "a.b (c)",
            "(file attached)",
            "<attached: ../../etc/passwd>",
            "<attached: >",
            "x > y",
            "<>",
            "(",
            "notes.txt (old)",
        ] {
            assert_eq!(read(said), (said.to_owned(), String::new(), "{}".to_owned()), "{said}");
        }
    }

    #[test]
    fn marks_become_metadata() {
        let metadata = |said: &str| read(said).2;
        assert_eq!(
            read("Hi Bo \u{200e}<This message was edited>"),
            ("Hi Bo".to_owned(), String::new(), r#"{"edited":true}"#.to_owned())
        );
        assert_eq!(read("Hallo <Diese Nachricht wurde bearbeitet.>").0, "Hallo");
        assert_eq!(metadata("\u{200e}This message was deleted."), r#"{"deleted":true}"#);
        assert_eq!(metadata("تم حذف هذه الرسالة"), r#"{"deleted":true}"#);
        assert_eq!(
            metadata("location: https://maps.google.com/?q=52.5,-13.25"),
            r#"{"location":{"latitude":52.5,"longitude":-13.25}}"#
        );
        assert_eq!(metadata("location: https://maps.google.com/?q=952.5,13"), "{}");
        assert_eq!(
            metadata(
                "\u{200e}POLL:\nFood?\n\u{200e}OPTION: Pizza (1) (3 votes)\n\u{200e}OPTION: Soup (0 votes)"
            ),
            r#"{"poll":{"options":[{"text":"Pizza (1)","votes":3},{"text":"Soup","votes":0}],"question":"Food?"}}"#
        );
    }

    #[test]
    fn notices_are_not_what_people_say() {
        assert!(is_notice("\u{200e}Bo changed the subject"));
        assert!(!is_notice("Bo changed the subject"));
        assert!(!is_notice("\u{200e}image omitted") && !is_notice("\u{200e}This message was deleted."));
    }
}
