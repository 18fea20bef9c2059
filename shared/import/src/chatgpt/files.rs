//! Which entry of an archive is the file that a message names. Entries begin with the file's id, and go on as they like:
//! `file-<id>-photo.jpg`, `<conversation>/audio/file_<id>.wav`, `file_<id>.dat`.

use std::collections::HashMap;

use crate::NewFile;

/// The shortest id that is looked for: a shorter one would be the beginning of many others.
const SHORTEST_ID: usize = 8;

/// The files of an archive.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// The last part of the name of each entry, and the whole, sorted.
    entries: Vec<(String, String)>,
    /// What files were called before the archive gave them names of its own.
    names: HashMap<String, String>,
}

impl Files {
    /// Of an archive with these entries, in which the files have had these names.
    pub(crate) fn new(paths: impl Iterator<Item = String>, names: HashMap<String, String>) -> Self {
        let mut entries: Vec<_> = paths.map(|path| (last_part(&path).to_owned(), path)).collect();
        entries.sort_unstable();
        Self { entries, names }
    }

    /// A file that a message names by its id or by a pointer to it, such as `file-service://file-<id>`.
    pub(crate) fn named(&self, pointer: &str, name: Option<&str>, content_type: Option<&str>) -> NewFile {
        let id = id_of(pointer);
        let found = self.entry(id);
        let called = name.or_else(|| {
            let (entry, _) = found?;
            self.names.get(entry).map(String::as_str).or_else(|| {
                // What comes behind the id, unless it is no more than how the file ends.
                entry.strip_prefix(id)?.strip_prefix('-').filter(|rest| rest.contains('.')).or(Some(entry))
            })
        });
        NewFile {
            key: id.to_owned(),
            name: last_part(called.unwrap_or(id)).to_owned(),
            content_type: content_type.map(str::to_owned),
            path: found.map(|(_, path)| path.to_owned()),
            bytes: None,
        }
    }

    fn entry(&self, id: &str) -> Option<(&str, &str)> {
        if id.len() < SHORTEST_ID {
            return None;
        }
        let first = self.entries.partition_point(|(name, _)| name.as_str() < id);
        let is_it = |name: &str| name[id.len()..].chars().next().is_none_or(|next| !next.is_alphanumeric());
        let alike = self.entries[first..].iter().take_while(|(name, _)| name.starts_with(id));
        alike.take(1000).find(|(name, _)| is_it(name)).map(|(name, path)| (name.as_str(), path.as_str()))
    }
}

/// The id in a pointer: without its scheme, and the one of its parts that is called a file.
pub(crate) fn id_of(pointer: &str) -> &str {
    let pointer = pointer.split_once("://").map_or(pointer, |(_, rest)| rest);
    let mut parts = pointer.split(['#', '/', '?', '\\']);
    parts.find(|part| part.starts_with("file")).unwrap_or(last_part(pointer))
}

fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        let paths = [
            "file-Ab12cd34-IMG_2041.jpg",
            "file-Ab12cd34ef-other.jpg",
            "user-Xk2/file_00000000aaaa.dat",
            "67c5/audio/file_00000000bbbb.wav",
            "dalle-generations/file-Gen12345.webp",
        ];
        let names = HashMap::from([("file_00000000aaaa.dat".to_owned(), "../Plan.pdf".to_owned())]);
        Files::new(paths.into_iter().map(str::to_owned), names)
    }

    #[test]
    fn finds_a_file_whatever_comes_behind_its_id() {
        for (pointer, path, name) in [
            ("file-service://file-Ab12cd34", "file-Ab12cd34-IMG_2041.jpg", "IMG_2041.jpg"),
            ("sediment://file_00000000aaaa", "user-Xk2/file_00000000aaaa.dat", "Plan.pdf"),
            (
                "sediment://9f31#file_00000000bbbb#x",
                "67c5/audio/file_00000000bbbb.wav",
                "file_00000000bbbb.wav",
            ),
            ("file-Gen12345", "dalle-generations/file-Gen12345.webp", "file-Gen12345.webp"),
        ] {
            let found = files().named(pointer, None, None);
            assert_eq!((found.path.as_deref(), found.name.as_str()), (Some(path), name), "{pointer}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_has_its_name_and_no_path() {
        for pointer in ["file-Ab12cd3", "file", "", "file-service://", "sediment://#é"] {
            assert_eq!(files().named(pointer, Some("a/b.png"), None).path, None, "{pointer}");
        }
        assert_eq!(files().named("file-Zzzzzzzz", Some("../b.png"), None).name, "b.png");
    }
}
