//! From WhatsApp into the bucket: looked up, downloaded, checked and written in one stream, of which no more than a part is in memory.

use app_connectors::graph::{Download, ErrorClass, GraphError, MediaInfo};
use app_domain::{ContentType, FileId, FileQuota, MediaKind, MemoryMedia, Sha256, UserId};
use app_extract::identified;
use app_store::FileWriter;
use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::BASE64;

use crate::Worker;
use crate::failure::{Failure, TOO_LARGE};
use crate::keep::storage_full;
use crate::token::Access;

const MIB: u64 = 1 << 20;
/// How many bytes tell what a file is.
const BEGINNING_BYTES: usize = 8 * 1024;
/// What an answer is that a browser should show.
const PAGE: &str = "text/html";

/// What media must be.
struct Wanted {
    most_bytes: u64,
    sha256: Option<Sha256>,
}

/// The most bytes that are taken: several times what Meta says is the most, but for what it says is the most of all.
fn most_bytes(kind: MediaKind) -> u64 {
    match kind {
        MediaKind::Sticker => 4 * MIB,
        MediaKind::Image => 32 * MIB,
        MediaKind::Audio | MediaKind::Voice => 64 * MIB,
        MediaKind::Video | MediaKind::Document => 100 * MIB,
    }
}

/// What media are said to be. Of its parameters only the charset is understood, such as `codecs=opus` is not.
pub(crate) fn declared(media: &MemoryMedia) -> ContentType {
    let said = media.content_type.as_deref().unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default();
    ContentType::parse(said)
        .or_else(|_| ContentType::parse(essence))
        .unwrap_or_else(|_| ContentType::unknown())
}

impl Worker {
    /// Fetches media and writes them into the bucket, where nobody has them yet.
    pub(crate) async fn fetch(
        &self,
        owner: UserId,
        media: &MemoryMedia,
        id: FileId,
        quota: FileQuota,
    ) -> Result<(), Failure> {
        let mut access = Access::of(self, owner, &media.source).await?;
        let mut found = access.looked_up().await?;
        self.check_room(owner, media.kind, found.size_bytes, quota).await?;
        let is_as = declared(media);
        let download = match access.download(&found.url, is_as.essence()).await {
            // An address is good for five minutes, and a token may be replaced at any time.
            Err(error) if matches!(error.class, ErrorClass::NotFound | ErrorClass::Token) => {
                found = access.looked_up().await?;
                access.download(&found.url, is_as.essence()).await
            }
            answer => answer,
        };
        let download = download.map_err(not_downloaded)?;
        self.check_room(owner, media.kind, download.size_bytes, quota).await?;
        let wanted = Wanted {
            most_bytes: most_bytes(media.kind).min(quota.file_bytes),
            sha256: expected(media, &found),
        };
        self.write(owner, media, id, download, wanted).await
    }

    /// Whether media of an announced size may be stored at all. Whether they may beside all others is decided when they are.
    async fn check_room(
        &self,
        owner: UserId,
        kind: MediaKind,
        size_bytes: Option<u64>,
        quota: FileQuota,
    ) -> Result<(), Failure> {
        let Some(size_bytes) = size_bytes else { return Ok(()) };
        check_size(size_bytes, most_bytes(kind))?;
        if size_bytes > quota.file_bytes {
            return Err(Failure::final_because("It is larger than what your plan allows for a file."));
        }
        let used = self.files.usage(owner).await?.bytes;
        if used.saturating_add(size_bytes) > quota.total_bytes { Err(storage_full()) } else { Ok(()) }
    }

    async fn write(
        &self,
        owner: UserId,
        media: &MemoryMedia,
        id: FileId,
        mut download: Download,
        wanted: Wanted,
    ) -> Result<(), Failure> {
        let mut beginning = Vec::new();
        let mut is_whole = false;
        while !is_whole && beginning.len() < BEGINNING_BYTES {
            match download.chunk().await? {
                Some(chunk) => beginning.extend_from_slice(&chunk),
                None => is_whole = true,
            }
        }
        if beginning.is_empty() {
            return Err(Failure::Damaged("nothing came"));
        }
        let content_type = identified(&declared(media), &beginning, is_whole);
        // What has the right hash is what was sent, page or not.
        let is_page = content_type.essence() == PAGE && declared(media).essence() != PAGE;
        if is_page && wanted.sha256.is_none() {
            return Err(Failure::Damaged("a page came"));
        }
        let mut writer = self.outside.bucket.writer(owner, id, content_type);
        let written = match filled(&mut writer, &beginning, &mut download, &wanted).await {
            Ok(()) => writer.finish().await.map_err(Failure::from),
            Err(failure) => Err(failure),
        };
        if written.is_err() {
            writer.abandon().await;
        }
        written
    }
}

/// Writes all there is, unless it turns out to be too much, or something else.
async fn filled(
    writer: &mut FileWriter,
    beginning: &[u8],
    download: &mut Download,
    wanted: &Wanted,
) -> Result<(), Failure> {
    let mut digest = Context::new(&SHA256);
    let mut size_bytes = beginning.len() as u64;
    check_size(size_bytes, wanted.most_bytes)?;
    digest.update(beginning);
    writer.write(beginning).await?;
    while let Some(chunk) = download.chunk().await? {
        size_bytes += chunk.len() as u64;
        check_size(size_bytes, wanted.most_bytes)?;
        digest.update(&chunk);
        writer.write(&chunk).await?;
    }
    if download.size_bytes.is_some_and(|announced| announced != size_bytes) {
        return Err(Failure::Damaged("its size differs"));
    }
    let sha256 = BASE64.encode(digest.finish().as_ref());
    match wanted.sha256 {
        Some(wanted) if wanted.base64() != sha256 => Err(Failure::Damaged("its hash differs")),
        _ => Ok(()),
    }
}

fn check_size(size_bytes: u64, most: u64) -> Result<(), Failure> {
    if size_bytes > most { Err(Failure::final_because(TOO_LARGE)) } else { Ok(()) }
}

/// Why nothing comes from an address that has just been told: the media are there, so it may help to try again.
fn not_downloaded(error: GraphError) -> Failure {
    match error.class {
        ErrorClass::NotFound | ErrorClass::Request => Failure::Graph(error),
        _ => error.into(),
    }
}

/// The hash that came with the message, or else the one that came with the address.
fn expected(media: &MemoryMedia, found: &MediaInfo) -> Option<Sha256> {
    let hashes = [media.source.sha256.as_deref(), found.sha256.as_deref()];
    hashes.into_iter().flatten().find_map(|hash| Sha256::parse(hash).ok())
}
