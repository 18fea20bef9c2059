//! Files of other services as files of ours.

use app_domain::{ContentType, FileId, FileName, Timestamp};

use crate::NewFile;
use crate::entity::Bringing;

/// What is known of a file before its bytes are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSeed {
    /// Its id: of what it comes with, which has a copy of its own.
    pub id: FileId,
    /// What people call it.
    pub name: FileName,
    /// What it is said to be.
    pub declared: ContentType,
}

impl Bringing {
    /// The file that a new one becomes, which comes with the thing of these names, made at `at`.
    ///
    /// # Errors
    /// In words for the person, if it has no name that a file can have.
    pub fn file(&self, new: &NewFile, with: &[&str], at: Timestamp) -> Result<FileSeed, String> {
        let mut names = vec!["file", new.key.as_str()];
        names.extend(with);
        Ok(FileSeed {
            id: FileId::derived(at, &self.hash(&names)),
            name: named(&new.name).map_err(|invalid| format!("Its name {invalid}."))?,
            declared: new.content_type.as_deref().map_or_else(ContentType::unknown, declared),
        })
    }
}

fn declared(said: &str) -> ContentType {
    let essence = said.split(';').next().unwrap_or_default();
    ContentType::parse(said)
        .or_else(|_| ContentType::parse(essence))
        .unwrap_or_else(|_| ContentType::unknown())
}

/// The name without what no name may have. Of one that is too long, the end stays, which says what it is.
fn named(said: &str) -> Result<FileName, app_domain::Invalid> {
    let last = said.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or("file");
    FileName::parse(last).or_else(|_| {
        let is_plain = |c: &char| FileName::parse(&format!("a{c}a")).is_ok();
        let plain: Vec<char> = last.trim().chars().filter(is_plain).collect();
        let end: String = plain[plain.len().saturating_sub(255)..].iter().collect();
        FileName::parse(if end.trim().is_empty() { "file" } else { &end })
    })
}

#[cfg(test)]
mod tests {
    use app_domain::{ImportFormat, UserId};

    use super::*;

    fn at() -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000).unwrap()
    }

    #[test]
    fn a_file_has_a_name_that_names_nothing_here() {
        for (said, name) in [
            ("IMG-1.jpg", "IMG-1.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\photo\u{202e}gpj.exe", "photogpj.exe"),
            ("\u{0}", "file"),
            ("a/", "a"),
            ("", "file"),
        ] {
            assert_eq!(named(said).unwrap().as_str(), name);
        }
        assert!(named(&format!("{}.pdf", "é".repeat(300))).unwrap().as_str().ends_with("é.pdf"));
    }

    #[test]
    fn each_thing_has_its_own_copy_and_the_same_one_each_time() {
        let bringing = Bringing { owner: UserId::new(at()), format: ImportFormat::Markdown, at: at() };
        let new = NewFile {
            key: "a.png".to_owned(),
            name: "a.png".to_owned(),
            content_type: Some("image/png; q=1".to_owned()),
            ..NewFile::default()
        };
        let file = |with: &[&str]| bringing.file(&new, with, at()).unwrap();
        assert_eq!(file(&["note", "1"]), file(&["note", "1"]));
        assert_ne!(file(&["note", "1"]).id, file(&["note", "2"]).id);
        assert_eq!(file(&[]).declared.essence(), "image/png");
    }
}
