//! How paths, conditions and arguments are written for Dropbox.

use serde_json::{Value, json};

use super::super::{DriveFile, When};

/// A path below our folder as Dropbox wants it; its root is empty. Characters that Dropbox does not take become `_`.
pub(super) fn full(path: &str) -> String {
    if path.is_empty() {
        return String::new();
    }
    path.split('/').map(|name| format!("/{}", taken(name))).collect()
}

/// A name that can be there: without a backslash, control characters, or spaces at its end.
fn taken(name: &str) -> String {
    if matches!(name, "." | "..") {
        return "_".repeat(name.len());
    }
    let end = name.trim_end_matches(' ').len();
    let is_taken = |(at, c): (usize, char)| at < end && c != '\\' && !c.is_control();
    name.char_indices().map(|(at, c)| if is_taken((at, c)) { c } else { '_' }).collect()
}

/// What a file is called by: its id, which it keeps when it is moved.
pub(super) fn reference(file: &DriveFile) -> String {
    if file.id.starts_with("id:") { file.id.clone() } else { full(&file.path) }
}

/// Where a file goes, and what may be there. Strict where it has to be the file of a revision: otherwise it may be gone.
pub(super) fn commit(path: &str, when: &When) -> Value {
    let mode = match when {
        When::Absent => json!("add"),
        When::Any => json!("overwrite"),
        When::Revision(rev) => json!({ ".tag": "update", "update": rev }),
    };
    let is_strict = matches!(when, When::Revision(_));
    json!({ "path": full(path), "mode": mode, "autorename": false, "mute": true, "strict_conflict": is_strict })
}

/// JSON as a header can have it: whatever is no ASCII is escaped in UTF-16.
pub(super) fn ascii(value: &Value) -> String {
    let mut text = String::new();
    for c in value.to_string().chars() {
        if (' '..='~').contains(&c) {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn arguments_are_ascii_as_the_vendor_shows_it() {
        let arg = ascii(&json!({ "path": full("Sicherung/Jörg 😀.bin") }));
        assert_eq!(arg, r#"{"path":"/Sicherung/J\u00f6rg \ud83d\ude00.bin"}"#);
        assert_eq!(ascii(&json!("\u{7f}")), r#""\u007f""#);
    }

    #[test]
    fn names_are_such_as_dropbox_takes() {
        let paths = [
            ("", ""),
            ("a/b.txt", "/a/b.txt"),
            ("a\\b\u{7}c", "/a_b_c"),
            ("x  /y", "/x__/y"),
            ("../.", "/__/_"),
            ("Zoë (1).txt", "/Zoë (1).txt"),
        ];
        for (path, wanted) in paths {
            assert_eq!(full(path), wanted, "{path}");
        }
    }

    proptest! {
        #[test]
        fn every_argument_is_the_same_json_in_a_header(text in any::<String>()) {
            let value = json!({ "path": text });
            let header = ascii(&value);
            prop_assert!(header.bytes().all(|b| (b' '..=b'~').contains(&b)));
            prop_assert_eq!(serde_json::from_str::<Value>(&header).unwrap(), value);
        }
    }
}
