//! The bytes of people's indexes, in S3: segments, and the texts that were read from files. All of it is sealed under a key of its
//! owner, never changes, and can be made again from the table and the files.

use std::sync::Arc;

use app_domain::{FileId, Sealing, StoreError, UserId};
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use uuid::Uuid;

use crate::file_bucket::{failed, is_missing};
use crate::table::corrupt;

/// Objects are sealed in pieces of so many bytes: a vault seals no more than some at once.
const PIECE_BYTES: usize = 4 << 20;
/// A piece's length stands before it.
const LENGTH_BYTES: usize = size_of::<u32>();

/// The bucket of indexes. Cloning shares the client.
#[derive(Clone)]
pub struct SearchBucket {
    client: Arc<dyn Fn() -> Client + Send + Sync>,
    name: Arc<str>,
    sealing: Arc<dyn Sealing>,
}

/// An object of the bucket. Its key, with the number of the piece and of all pieces, is also the name that a piece is sealed under.
enum Object {
    Segment(UserId, Uuid),
    Text(UserId, FileId),
}

impl Object {
    fn owner(&self) -> UserId {
        match self {
            Self::Segment(owner, _) | Self::Text(owner, _) => *owner,
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Segment(owner, id) => format!("{owner}/segments/{id}"),
            Self::Text(owner, id) => format!("{owner}/texts/{id}"),
        }
    }
}

impl SearchBucket {
    /// The bucket `name`, with objects sealed by `sealing`; `client` is asked for with every call.
    pub fn new(
        name: impl Into<Arc<str>>,
        client: impl Fn() -> Client + Send + Sync + 'static,
        sealing: impl Sealing,
    ) -> Self {
        Self { client: Arc::new(client), name: name.into(), sealing: Arc::new(sealing) }
    }

    /// Keeps a new segment.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn put_segment(&self, owner: UserId, id: Uuid, bytes: &[u8]) -> Result<(), StoreError> {
        self.put(&Object::Segment(owner, id), bytes).await
    }

    /// A segment, if it is there.
    ///
    /// # Errors
    /// `Corrupt` if it is not what was put there, or if the bucket fails.
    pub async fn segment(&self, owner: UserId, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(&Object::Segment(owner, id)).await
    }

    /// Removes a segment.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn remove_segment(&self, owner: UserId, id: Uuid) -> Result<(), StoreError> {
        self.remove(&Object::Segment(owner, id)).await
    }

    /// The segments that are there of a person's.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn segments(&self, owner: UserId) -> Result<Vec<Uuid>, StoreError> {
        let prefix = format!("{owner}/segments/");
        let mut segments = Vec::new();
        let mut token = None;
        loop {
            let request = (self.client)().list_objects_v2().bucket(&*self.name).prefix(&prefix);
            let answer = request.set_continuation_token(token).send().await.map_err(failed)?;
            let ids = answer
                .contents()
                .iter()
                .filter_map(|object| object.key()?.strip_prefix(&prefix)?.parse::<Uuid>().ok());
            segments.extend(ids);
            token = answer.next_continuation_token;
            if token.is_none() {
                return Ok(segments);
            }
        }
    }

    /// Keeps the text that was read from a file.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn put_text(&self, owner: UserId, id: FileId, text: &str) -> Result<(), StoreError> {
        self.put(&Object::Text(owner, id), text.as_bytes()).await
    }

    /// The text that was read from a file, if it is there.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn text(&self, owner: UserId, id: FileId) -> Result<Option<String>, StoreError> {
        match self.get(&Object::Text(owner, id)).await {
            Ok(bytes) => Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok())),
            // It is read from the file again.
            Err(StoreError::Corrupt(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes the text of a file that is gone.
    ///
    /// # Errors
    /// If the bucket fails.
    pub async fn remove_text(&self, owner: UserId, id: FileId) -> Result<(), StoreError> {
        self.remove(&Object::Text(owner, id)).await
    }

    async fn put(&self, object: &Object, bytes: &[u8]) -> Result<(), StoreError> {
        let key = object.key();
        // Nothing is a piece, too.
        let pieces: Vec<&[u8]> =
            if bytes.is_empty() { vec![bytes] } else { bytes.chunks(PIECE_BYTES).collect() };
        let mut sealed = Vec::with_capacity(bytes.len() + 64 * pieces.len());
        for (number, piece) in pieces.iter().enumerate() {
            let piece = self.sealing.seal(object.owner(), &name(&key, number, pieces.len()), piece).await?;
            let length = u32::try_from(piece.len()).map_err(corrupt)?;
            sealed.extend_from_slice(&length.to_be_bytes());
            sealed.extend_from_slice(&piece);
        }
        let request = (self.client)().put_object().bucket(&*self.name).key(key);
        request.body(ByteStream::from(sealed)).send().await.map(drop).map_err(failed)
    }

    async fn get(&self, object: &Object) -> Result<Option<Vec<u8>>, StoreError> {
        let key = object.key();
        let answer = match (self.client)().get_object().bucket(&*self.name).key(&key).send().await {
            Ok(answer) => answer,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let sealed = answer.body.collect().await.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let sealed = sealed.into_bytes();
        let pieces = pieces(&sealed).ok_or_else(|| StoreError::Corrupt("an object is cut off".into()))?;
        let mut plain = Vec::with_capacity(sealed.len());
        for (number, piece) in pieces.iter().enumerate() {
            let name = name(&key, number, pieces.len());
            plain.extend(self.sealing.open(object.owner(), &name, piece).await?);
        }
        Ok(Some(plain))
    }

    async fn remove(&self, object: &Object) -> Result<(), StoreError> {
        let request = (self.client)().delete_object().bucket(&*self.name).key(object.key());
        request.send().await.map(drop).map_err(failed)
    }
}

/// The name that a piece is sealed under, so that none can be left out, repeated or put elsewhere.
fn name(key: &str, number: usize, count: usize) -> String {
    format!("{key}/{number}/{count}")
}

fn pieces(mut sealed: &[u8]) -> Option<Vec<&[u8]>> {
    let mut pieces = Vec::new();
    while !sealed.is_empty() {
        let (length, rest) = sealed.split_first_chunk::<LENGTH_BYTES>()?;
        let (piece, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        pieces.push(piece);
        sealed = rest;
    }
    // Even nothing has a piece.
    (!pieces.is_empty()).then_some(pieces)
}
