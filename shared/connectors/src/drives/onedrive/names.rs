//! Names that OneDrive takes. What it does not becomes `_`.

use crate::drives::{DriveError, DriveErrorClass};

/// The names of a path as they are on the drive.
///
/// # Errors
/// [`DriveErrorClass::Refused`] if there is none, or one that would lead elsewhere.
pub(super) fn names(path: &str) -> Result<Vec<String>, DriveError> {
    let name = |name: &str| match name {
        "" | "." | ".." => Err(DriveError::of(DriveErrorClass::Refused)),
        name => Ok(escaped(name)),
    };
    path.split('/').map(name).collect()
}

fn escaped(name: &str) -> String {
    let is_bad = |c: char| c.is_control() || "\"*:<>?\\|".contains(c);
    let mut name: String = name.chars().map(|c| if is_bad(c) { '_' } else { c }).collect();
    if name.starts_with([' ', '~']) {
        name.replace_range(..1, "_");
    }
    if name.ends_with([' ', '.']) {
        name.truncate(name.len() - 1);
        name.push('_');
    }
    // What SharePoint keeps for itself, in any case.
    while let Some(at) = name.to_ascii_lowercase().find("_vti_") {
        name.replace_range(at + 4..at + 5, "-");
    }
    if is_reserved(&name.to_ascii_lowercase()) { format!("_{name}") } else { name }
}

/// Whether Windows keeps a name for itself, whatever comes behind its dot.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let port = stem.strip_prefix("com").or(stem.strip_prefix("lpt"));
    let is_port = port.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()));
    is_port || matches!(stem, "con" | "prn" | "aux" | "nul") || matches!(name, "desktop.ini" | ".lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_there_can_be_are_left_as_they_are() {
        for path in
            ["a", "backups/2026-11 (1).age", "Größe/日本語.json", "a.b.c", "#1 100%.txt", "contact.vcf"]
        {
            assert_eq!(names(path).unwrap().join("/"), path);
        }
    }

    #[test]
    fn others_become_some_that_there_can_be() {
        for (path, there) in [
            ("a:b/c?d", "a_b/c_d"),
            ("\"*<>\\|\u{7}", "_______"),
            (" a /~$b", "_a_/_$b"),
            ("...a...", "...a.._"),
            ("con/COM1.txt/lpt0/desktop.ini", "_con/_COM1.txt/_lpt0/_desktop.ini"),
            ("_vti_x", "_vti-x"),
        ] {
            assert_eq!(names(path).unwrap().join("/"), there);
        }
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        for path in ["", "/a", "a/", "a//b", "..", "a/../b", "./a"] {
            assert_eq!(names(path).unwrap_err().class, DriveErrorClass::Refused, "{path}");
        }
    }
}
