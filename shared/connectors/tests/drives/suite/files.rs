//! Whole files.

use app_connectors::drives::{Drive, DriveErrorClass, When};
use app_testing::drives::PlayedDrive;
use futures_util::StreamExt;

use super::{bytes, hash, listed, put, whole};

pub(crate) async fn what_is_put_is_found_and_read_by_ranges(drive: &dyn Drive, played: &dyn PlayedDrive) {
    for (path, content) in
        [("a.bin", bytes(100_000, 1)), ("folder/b.bin", bytes(1, 2)), ("empty", bytes(0, 3))]
    {
        let file = put(drive, path, &content, When::Absent).await;
        assert_eq!((file.path.as_str(), file.size_bytes), (path, content.len() as u64));
        assert_eq!(file.hash, hash(drive, &content));
        assert_eq!(drive.find(path).await.unwrap(), Some(file.clone()));
        assert_eq!(played.files()[path], content);
        assert_eq!(whole(drive, &file).await, content);
        for (from, count) in [(0, 1), (0, 100), (99_990, 100), (50_000, 50_000), (1, 0)] {
            let end = content.len().min((from + count) as usize);
            let wanted = content.get(from as usize..end).unwrap_or_default();
            assert_eq!(drive.read(&file, from, count).await.unwrap(), wanted, "{path} {from}+{count}");
        }
        assert_eq!(drive.read(&file, file.size_bytes, 10).await.unwrap(), "", "{path} behind its end");
    }
}

pub(crate) async fn names_of_any_script_are_kept(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let names = ["Zoë (1).txt", "日本語/日記.md", "عربي", "a b/c  d_e-f.g.h", "𝄞/🙂"];
    for (seed, name) in names.iter().enumerate() {
        let content = bytes(50, seed as u64);
        let file = put(drive, name, &content, When::Absent).await;
        assert_eq!(file.path, *name);
        assert_eq!(whole(drive, &drive.find(name).await.unwrap().unwrap()).await, content);
        assert_eq!(played.files()[*name], content);
    }
    let mut names = names.map(str::to_owned);
    names.sort();
    assert!(listed(drive, "").await.into_keys().eq(names));
}

pub(crate) async fn what_is_not_there_is_not_found(drive: &dyn Drive, _: &dyn PlayedDrive) {
    assert_eq!(drive.find("none").await.unwrap(), None);
    assert_eq!(drive.find("none/of/these").await.unwrap(), None);
    put(drive, "folder/file", b"x", When::Absent).await;
    assert_eq!(drive.find("folder").await.unwrap(), None, "a folder is no file");
    assert_eq!(drive.find("file").await.unwrap(), None, "it is in the folder");
    assert!(listed(drive, "none").await.is_empty());
    assert!(listed(drive, "none/either").await.is_empty());
}

/// More than a page at any provider, and few calls.
pub(crate) async fn a_list_has_all_files_of_nested_folders_and_no_others(
    drive: &dyn Drive,
    played: &dyn PlayedDrive,
) {
    let folders = ["", "a/", "a/b/", "a/b/c/", "ab/", "d/e/"];
    let mut paths: Vec<String> = Vec::new();
    for (place, folder) in folders.iter().enumerate() {
        let count = if place == 1 { 210 } else { 10 };
        paths.extend((0..count).map(|number| format!("{folder}{number}.bin")));
    }
    // The first of each alone, so that the rest finds the folders there.
    for folder in folders {
        put(drive, &format!("{folder}0.bin"), b"0", When::Any).await;
    }
    let putting = paths.iter().map(|path| put(drive, path, path.as_bytes(), When::Any));
    futures_util::stream::iter(putting).buffer_unordered(8).collect::<Vec<_>>().await;
    paths.sort();
    assert_eq!(paths.len(), 260);
    let before = played.traffic().calls;
    let all = listed(drive, "").await;
    assert!(all.values().all(|file| file.size_bytes == file.path.len() as u64));
    assert!(all.into_keys().eq(paths.iter().cloned()));
    let calls = played.traffic().calls - before;
    assert!(calls <= 20, "{calls} calls");
    let below = paths.iter().filter(|path| path.starts_with("a/")).cloned();
    assert!(listed(drive, "a").await.into_keys().eq(below));
    assert_eq!(listed(drive, "a/b/c").await.len(), 10);
}

pub(crate) async fn what_is_removed_is_gone_and_can_be_removed_again(
    drive: &dyn Drive,
    played: &dyn PlayedDrive,
) {
    let file = put(drive, "folder/file", b"text", When::Absent).await;
    let other = put(drive, "folder/other", b"text", When::Absent).await;
    for _ in 0..2 {
        drive.remove(&file).await.unwrap();
        assert_eq!(drive.find("folder/file").await.unwrap(), None);
    }
    let error = drive.read(&file, 0, 4).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::NotFound);
    assert_eq!(whole(drive, &other).await, b"text");
    assert!(played.files().into_keys().eq(["folder/other".to_owned()]));
    let again = put(drive, "folder/file", b"text", When::Absent).await;
    assert_eq!(whole(drive, &again).await, b"text");
}
