//! A drive in memory, and somebody who edits files on it. It can end whoever calls it, before a call is heard or after.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app_connectors::drives::{
    DigestKind, Drive, DriveAccount, DriveChange, DriveChanges, DriveError, DriveErrorClass, DriveFile,
    DrivePage, DriveUpload, When,
};
use app_testing::Death;
use async_trait::async_trait;
use bytes::Bytes;

use super::at;

#[derive(Clone, Default)]
pub(super) struct Played(Arc<Mutex<Files>>);

#[derive(Default)]
struct Files {
    files: BTreeMap<String, (DriveFile, Vec<u8>)>,
    log: Vec<DriveChange>,
    made: u64,
    calls: Vec<String>,
    life: Option<(usize, Death)>,
    /// Cursors before this are too old.
    oldest: usize,
    page: usize,
    /// What a path has in it that is neither given nor taken.
    refused: Option<String>,
}

impl Played {
    /// How many changes a page has.
    pub(super) fn paged(page: usize) -> Self {
        let played = Self::default();
        played.0.lock().unwrap().page = page;
        played
    }

    pub(super) fn by_hand(&self, path: &str, bytes: impl AsRef<[u8]>) {
        self.0.lock().unwrap().put(path, bytes.as_ref());
    }

    /// Replaces something in a file.
    pub(super) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.text(path);
        assert!(text.contains(from), "{text}");
        self.by_hand(path, text.replacen(from, to, 1));
    }

    pub(super) fn remove_by_hand(&self, path: &str) {
        self.0.lock().unwrap().remove(path);
    }

    /// Our whole folder goes, of which no file is told.
    pub(super) fn remove_folder_by_hand(&self) {
        let mut files = self.0.lock().unwrap();
        files.files.clear();
        files.log.push(DriveChange::Gone { id: Some("folder".into()), path: Some(String::new()) });
    }

    pub(super) fn move_by_hand(&self, from: &str, to: &str) {
        let mut files = self.0.lock().unwrap();
        let (mut file, bytes) = files.files.remove(from).unwrap();
        file.path = to.to_owned();
        files.log.push(DriveChange::File(file.clone()));
        files.files.insert(to.to_owned(), (file, bytes));
    }

    pub(super) fn paths(&self) -> Vec<String> {
        self.0.lock().unwrap().files.keys().cloned().collect()
    }

    pub(super) fn text(&self, path: &str) -> String {
        String::from_utf8(self.0.lock().unwrap().files[path].1.clone()).unwrap()
    }

    pub(super) fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().calls)
    }

    pub(super) fn forget_cursors(&self) {
        let mut files = self.0.lock().unwrap();
        files.oldest = files.log.len() + 1;
        files.log.push(DriveChange::Gone { id: Some("nothing".into()), path: None });
    }

    /// From now on every cursor is too old as soon as it is given.
    pub(super) fn forget_every_cursor(&self) {
        self.0.lock().unwrap().oldest = usize::MAX;
    }

    /// Files with this in their paths are neither given nor taken from now on.
    pub(super) fn refuse(&self, part: Option<&str>) {
        self.0.lock().unwrap().refused = part.map(str::to_owned);
    }

    pub(super) fn die_after(&self, calls: usize, death: Death) {
        self.0.lock().unwrap().life = Some((calls, death));
    }

    pub(super) fn revive(&self) -> bool {
        self.0.lock().unwrap().life.take().is_some_and(|(calls, _)| calls == 0)
    }

    fn called<T>(
        &self,
        name: String,
        call: impl FnOnce(&mut Files) -> Result<T, DriveError>,
    ) -> Result<T, DriveError> {
        let mut files = self.0.lock().unwrap();
        let is_last = match &mut files.life {
            Some((0, _)) => return Err(DriveError::of(DriveErrorClass::Transient)),
            Some((calls, death)) => {
                *calls -= 1;
                *calls == 0 && *death == Death::BeforeHearing
            }
            None => false,
        };
        let is_refused = files.refused.as_ref().is_some_and(|part| name.contains(part));
        files.calls.push(name);
        if is_refused {
            return Err(DriveError::of(DriveErrorClass::Refused));
        }
        let answer = call(&mut files);
        if is_last { Err(DriveError::of(DriveErrorClass::Transient)) } else { answer }
    }
}

impl Files {
    fn put(&mut self, path: &str, bytes: &[u8]) -> DriveFile {
        self.made += 1;
        let known = self.files.get(path).map(|(file, _)| file.id.clone());
        let file = DriveFile {
            id: known.unwrap_or_else(|| format!("id{}", self.made)),
            path: path.to_owned(),
            size_bytes: bytes.len() as u64,
            hash: None,
            revision: format!("r{}", self.made),
            modified_at: at(self.made.cast_signed()),
        };
        self.files.insert(path.to_owned(), (file.clone(), bytes.to_vec()));
        self.log.push(DriveChange::File(file.clone()));
        file
    }

    fn remove(&mut self, path: &str) {
        if let Some((file, _)) = self.files.remove(path) {
            self.log.push(DriveChange::Gone { id: Some(file.id), path: None });
        }
    }
}

#[async_trait]
impl Drive for Played {
    async fn account(&self) -> Result<DriveAccount, DriveError> {
        Ok(DriveAccount { id: "a".into(), label: "a".into(), used_bytes: 0, total_bytes: None })
    }

    fn digest(&self) -> DigestKind {
        DigestKind::Sha256
    }

    fn chunk_bytes(&self) -> u64 {
        1 << 20
    }

    async fn list(&self, _: &str, _: Option<&str>) -> Result<DrivePage, DriveError> {
        unreachable!("notes list nothing")
    }

    async fn find(&self, path: &str) -> Result<Option<DriveFile>, DriveError> {
        self.called(format!("find {path}"), |files| Ok(files.files.get(path).map(|(file, _)| file.clone())))
    }

    async fn read(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError> {
        self.called(format!("read {}", file.path), |files| {
            let found = files.files.values().find(|(there, _)| there.id == file.id);
            let (_, bytes) = found.ok_or(DriveError::of(DriveErrorClass::NotFound))?;
            let some = bytes.iter().skip(from as usize).take(count as usize);
            Ok(some.copied().collect::<Vec<u8>>().into())
        })
    }

    async fn put(&self, path: &str, bytes: Bytes, when: When) -> Result<DriveFile, DriveError> {
        self.called(format!("put {path}"), |files| {
            let there = files.files.get(path);
            if let Some((file, _)) = there.filter(|(_, there)| *there == bytes) {
                return Ok(file.clone());
            }
            let fits = match &when {
                When::Any => true,
                When::Absent => there.is_none(),
                When::Revision(revision) => there.is_some_and(|(file, _)| file.revision == *revision),
            };
            if fits { Ok(files.put(path, &bytes)) } else { Err(DriveError::of(DriveErrorClass::Conflict)) }
        })
    }

    async fn begin(&self, _: &str, _: u64, _: When) -> Result<DriveUpload, DriveError> {
        unreachable!("notes are small")
    }

    async fn send(&self, _: &mut DriveUpload, _: Bytes) -> Result<Option<DriveFile>, DriveError> {
        unreachable!("notes are small")
    }

    async fn resume(&self, _: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError> {
        unreachable!("notes are small")
    }

    async fn remove(&self, file: &DriveFile) -> Result<(), DriveError> {
        self.called(format!("remove {}", file.path), |files| {
            let path = files
                .files
                .values()
                .find(|(there, _)| there.id == file.id)
                .map(|(file, _)| file.path.clone());
            path.iter().for_each(|path| files.remove(path));
            Ok(())
        })
    }

    async fn changes(&self, cursor: Option<&str>) -> Result<DriveChanges, DriveError> {
        self.called("changes".into(), |files| {
            let page = if files.page == 0 { usize::MAX } else { files.page };
            // "3" is a place in the log, "7:3" one among what is there while the log is at 7.
            let (end, from) = match cursor.map(|cursor| cursor.split_once(':').ok_or(cursor)) {
                None => (Some(files.log.len()), 0),
                Some(Ok((end, from))) => (Some(end.parse().unwrap()), from.parse().unwrap()),
                Some(Err(from)) => (None, from.parse::<usize>().unwrap()),
            };
            if cursor.is_some() && end.unwrap_or(from) < files.oldest {
                return Err(DriveError::of(DriveErrorClass::Reset));
            }
            let all: Vec<DriveChange> = match end {
                Some(_) => files.files.values().map(|(file, _)| DriveChange::File(file.clone())).collect(),
                None => files.log.clone(),
            };
            let changes: Vec<DriveChange> = all.iter().skip(from).take(page).cloned().collect();
            let at = from + changes.len();
            let has_more = at < all.len();
            let cursor = match end {
                Some(end) if has_more => format!("{end}:{at}"),
                Some(end) => end.to_string(),
                None => at.to_string(),
            };
            Ok(DriveChanges { changes, cursor, has_more })
        })
    }
}
