//! Paths and ids. Google knows files by ids, and names are not unique: of two folders with one path the older is written to, and both are read.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use super::GoogleDrive;
use super::api::quoted;
use super::wire::{FOLDER, File};
use crate::drives::{DriveError, DriveErrorClass};

/// What our folder is called until the person calls it something else. It is known by its property.
const NAME: &str = "Memory App";
const PROPERTY: (&str, &str) = ("memoryApp", "folder");
/// How long what is missing is believed to be missing.
const FRESH: Duration = Duration::from_secs(5);
/// Folders that are deeper than this are in a circle.
const MAX_DEPTH: usize = 100;

/// Our folder and those below it, as they were last read.
#[derive(Default)]
pub(super) struct Folders {
    read: Mutex<Option<Arc<Tree>>>,
    /// Held by who makes folders, so that nobody here makes one twice.
    making: tokio::sync::Mutex<()>,
}

/// Folders at a time. A path is relative to our folder, whose own is empty.
pub(super) struct Tree {
    paths: BTreeMap<String, String>,
    /// From the oldest on.
    by_age: Vec<String>,
    read_at: Instant,
}

impl Tree {
    fn of(mut folders: Vec<File>) -> Self {
        folders.sort_by(|one, other| one.age().cmp(&other.age()));
        let by_id: HashMap<&str, &File> = folders.iter().map(|folder| (folder.id.as_str(), folder)).collect();
        let paths = folders.iter().filter_map(|folder| Some((folder.id.clone(), path(folder, &by_id)?)));
        let paths = paths.collect();
        let by_age = folders.iter().map(|folder| folder.id.clone()).collect();
        Self { paths, by_age, read_at: Instant::now() }
    }

    /// The ids of the folders of a path, from the oldest on.
    pub(super) fn ids(&self, path: &str) -> Vec<&str> {
        self.where_path(|known| known == path)
    }

    /// The ids of the folders of a path and of those below them.
    pub(super) fn below(&self, path: &str) -> Vec<&str> {
        self.where_path(|known| is_below(known, path))
    }

    fn where_path(&self, fits: impl Fn(&str) -> bool) -> Vec<&str> {
        let fits = |id: &&str| self.paths.get(*id).is_some_and(|path| fits(path));
        self.by_age.iter().map(String::as_str).filter(fits).collect()
    }

    /// The path of a file, if it is in our folder.
    pub(super) fn path_of(&self, file: &File) -> Option<String> {
        let above = self.paths.get(file.parents.first()?)?;
        Some(if above.is_empty() { file.name.clone() } else { format!("{above}/{}", file.name) })
    }

    /// All folders' paths by their ids.
    pub(super) fn paths(&self) -> &BTreeMap<String, String> {
        &self.paths
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.read_at.elapsed() < FRESH
    }
}

/// Whether a path is a folder's own or below it.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The path of a folder, if it is ours or below ours.
fn path(folder: &File, by_id: &HashMap<&str, &File>) -> Option<String> {
    let mut names = Vec::new();
    let mut at = folder;
    for _ in 0..MAX_DEPTH {
        if at.app_properties.get(PROPERTY.0).is_some_and(|value| value == PROPERTY.1) {
            names.reverse();
            return Some(names.join("/"));
        }
        names.push(at.name.as_str());
        at = by_id.get(at.parents.first()?.as_str())?;
    }
    None
}

impl Folders {
    fn read(&self) -> MutexGuard<'_, Option<Arc<Tree>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets them be read again before they are used again.
    pub(super) fn forget(&self) {
        *self.read() = None;
    }
}

impl GoogleDrive {
    /// The folders as they were last read.
    pub(super) async fn tree(&self) -> Result<Arc<Tree>, DriveError> {
        let read = self.folders.read().clone();
        match read {
            Some(tree) => Ok(tree),
            None => self.tree_now().await,
        }
    }

    /// The folders as they are now: all that the app may see are its own.
    pub(super) async fn tree_now(&self) -> Result<Arc<Tree>, DriveError> {
        let query = format!("mimeType = {} and trashed = false", quoted(FOLDER));
        let tree = Arc::new(Tree::of(self.search_all(&query).await?));
        *self.folders.read() = Some(Arc::clone(&tree));
        Ok(tree)
    }

    /// The id of the folder of a path. What is missing of it is made.
    pub(super) async fn folder(&self, path: &str) -> Result<String, DriveError> {
        if let Some(id) = self.tree().await?.ids(path).first() {
            return Ok((*id).to_owned());
        }
        let _making = self.folders.making.lock().await;
        let mut tree = self.tree_now().await?;
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let mut parent: Option<String> = None;
        for path in [""].into_iter().chain(ends.map(|end| &path[..end])) {
            let known = tree.ids(path).first().map(|id| (*id).to_owned());
            parent = Some(match known {
                Some(id) => id,
                None => {
                    let made = self.make(path, parent.as_deref()).await?;
                    tree = self.tree_now().await?;
                    self.settle_folder(&tree, path, made).await?
                }
            });
        }
        parent.ok_or(DriveError::of(DriveErrorClass::Refused))
    }

    async fn make(&self, path: &str, parent: Option<&str>) -> Result<String, DriveError> {
        let id = self.new_id().await?;
        let said = match parent {
            None => json!({ "name": NAME, "appProperties": { (PROPERTY.0): PROPERTY.1 } }),
            Some(parent) => {
                let name = path.rsplit('/').next().unwrap_or(path);
                json!({ "name": name, "parents": [parent] })
            }
        };
        self.make_folder(&id, said).await?;
        Ok(id)
    }

    /// The folder that everybody writes to who made one at the same time: the oldest. Ours goes if it is not that and nothing is in it.
    async fn settle_folder(&self, tree: &Tree, path: &str, made: String) -> Result<String, DriveError> {
        let Some(oldest) = tree.ids(path).first().copied().filter(|oldest| *oldest != made) else {
            return Ok(made);
        };
        if self.search(&format!("{} in parents", quoted(&made)), None).await?.files.is_empty() {
            self.delete(&made).await?;
            self.folders.forget();
        }
        Ok(oldest.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn tree(folders: &[Value]) -> Tree {
        Tree::of(folders.iter().map(|folder| serde_json::from_value(folder.clone()).unwrap()).collect())
    }

    fn folder(id: &str, name: &str, parent: &str) -> Value {
        json!({ "id": id, "name": name, "parents": [parent], "createdTime": "2026-11-22T10:00:00Z" })
    }

    fn ours(id: &str, created: &str) -> Value {
        json!({
            "id": id, "name": "called otherwise", "parents": ["root"], "createdTime": created,
            "appProperties": { "memoryApp": "folder" },
        })
    }

    #[test]
    fn paths_begin_below_our_folder_whatever_it_is_called() {
        let folders = [
            folder("b", "inner", "a"),
            ours("r", "2026-11-22T09:00:00Z"),
            folder("a", "outer", "r"),
            folder("x", "another app", "root"),
            folder("y", "below it", "x"),
        ];
        let tree = tree(&folders);
        assert_eq!(tree.ids("outer/inner"), ["b"]);
        assert_eq!(tree.below("outer"), ["a", "b"]);
        assert_eq!(tree.below("").len(), 3);
        assert_eq!(tree.below("out"), [""; 0]);
        let file = |parent: &str| {
            serde_json::from_value(json!({ "id": "f", "name": "n", "parents": [parent] })).unwrap()
        };
        assert_eq!(tree.path_of(&file("b")).as_deref(), Some("outer/inner/n"));
        assert_eq!(tree.path_of(&file("r")).as_deref(), Some("n"));
        assert_eq!(tree.path_of(&file("y")), None);
    }

    #[test]
    fn of_two_folders_with_one_path_the_older_comes_first() {
        let tree = tree(&[ours("new", "2026-11-22T10:00:00Z"), ours("old", "2026-11-22T09:00:00Z")]);
        assert_eq!(tree.ids(""), ["old", "new"]);
    }

    #[test]
    fn circles_have_no_path() {
        let tree = tree(&[folder("a", "a", "b"), folder("b", "b", "a"), folder("c", "c", "c")]);
        assert!(tree.paths().is_empty());
    }
}
