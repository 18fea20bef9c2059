//! The files beside a chat.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::body::Named;
use crate::NewFile;
use crate::archive::Entry;

/// The files of an archive by their names, without their folders.
pub(super) struct Files {
    paths: HashMap<String, Vec<String>>,
    folder: String,
}

impl Files {
    /// Those of the archive whose entry `chat` is a chat.
    pub(super) fn beside(entries: &[Entry], chat: usize) -> Self {
        let mut paths = HashMap::<String, Vec<String>>::new();
        for entry in entries.iter().filter(|entry| !entry.is_junk()) {
            paths.entry(plain(&entry.name)).or_default().push(entry.name.clone());
        }
        let folder = entries.get(chat).map(|entry| folder(&entry.name).to_owned()).unwrap_or_default();
        Self { paths, folder }
    }

    /// Where a file is: beside the chat rather than elsewhere.
    pub(super) fn path(&self, name: &str) -> Option<&str> {
        let paths = self.paths.get(&plain(name))?;
        let beside = paths.iter().find(|path| folder(path) == self.folder);
        beside.or(paths.first()).map(String::as_str)
    }

    /// The file that a message names.
    pub(super) fn file(&self, named: &Named, key: String) -> NewFile {
        match named {
            Named::Name(name) => {
                let path = self.path(name).map(str::to_owned);
                let content_type = content_type(name).map(str::to_owned);
                NewFile { key, name: name.clone(), content_type, path, bytes: None }
            }
            Named::Omitted(kind) => {
                let content_type = match *kind {
                    "image" => content_type(".jpg"),
                    "video" | "gif" => content_type(".mp4"),
                    "audio" => content_type(".opus"),
                    "sticker" => content_type(".webp"),
                    "contact" => content_type(".vcf"),
                    _ => None,
                };
                NewFile {
                    key,
                    name: (*kind).to_owned(),
                    content_type: content_type.map(str::to_owned),
                    path: None,
                    bytes: None,
                }
            }
        }
    }
}

/// A path without its last part.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path, however its letters are put together.
fn plain(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).nfc().collect()
}

/// What a file is by the ending of its name, among those that WhatsApp sends.
fn content_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "heic" => "image/heic",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "3gp" => "video/3gpp",
        "opus" | "ogg" => "audio/ogg",
        "m4a" => "audio/mp4",
        "mp3" => "audio/mpeg",
        "aac" => "audio/aac",
        "amr" => "audio/amr",
        "pdf" => "application/pdf",
        "vcf" => "text/vcard",
        _ => return None,
    })
}
