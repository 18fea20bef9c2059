//! Whether a file's bytes have come, and whether they are what they were said to be.

use app_domain::{Checksum, ContentType, File, Parts, Timestamp, Upload};
use app_extract::settled;
use app_http::ApiError;
use app_store::{ArrivedPart, FileBucket, StoredObject};

/// The most missing parts that an error names.
const MAX_NAMED: usize = 10;

/// The file's bytes, made one object if they came in parts. Doing it again, or twice at once, comes to the same.
///
/// # Errors
/// 409 if they have not come, or not all.
pub(crate) async fn assembled(bucket: &FileBucket, file: &File) -> Result<StoredObject, ApiError> {
    let (owner, id) = (file.owner, file.id);
    let mut missing = incomplete("Its bytes have not arrived.".to_owned());
    if let (Upload::Multipart { upload_id, .. }, Some(plan)) = (&file.upload, Parts::of(file)) {
        match bucket.arrived(owner, id, upload_id).await? {
            Some(parts) => {
                check_all_there(&plan, &parts)?;
                // If S3 does not, another completion has come first, or a part has changed: the object tells.
                bucket.assemble(owner, id, upload_id, parts).await?;
            }
            // Completed before, without the table having been told; or given up.
            None => missing = upload_gone(),
        }
    }
    bucket.object(owner, id).await?.ok_or(missing)
}

fn check_all_there(plan: &Parts, parts: &[ArrivedPart]) -> Result<(), ApiError> {
    let is_there = |number: &u32| {
        let size_bytes = plan.size_of(*number);
        parts.iter().any(|part| part.number == *number && Some(part.size_bytes) == size_bytes)
    };
    let missing: Vec<u32> = (1..=plan.count()).filter(|number| !is_there(number)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = missing.iter().take(MAX_NAMED).map(u32::to_string).collect();
    let more = if missing.len() > MAX_NAMED { ", …" } else { "" };
    Err(incomplete(format!(
        "{} of {} parts have not arrived: {}{more}.",
        missing.len(),
        plan.count(),
        named.join(", ")
    )))
}

fn incomplete(message: String) -> ApiError {
    ApiError::conflict("UploadIncomplete", message)
}

/// 409: S3 has given the upload up.
pub(crate) fn upload_gone() -> ApiError {
    ApiError::conflict("UploadGone", "The upload was given up. Create the file again.")
}

/// The file after a look at its bytes: ready, or rejected if they are not what they were said to be. `None` if they have just gone.
pub(crate) async fn looked_at(
    bucket: &FileBucket,
    file: &File,
    object: StoredObject,
    now: Timestamp,
) -> Result<Option<File>, ApiError> {
    let (owner, id) = (file.owner, file.id);
    let Some(beginning) = bucket.beginning(owner, id).await? else { return Ok(None) };
    match judged(file, object, &beginning) {
        Err(reason) => Ok(Some(file.clone().rejected(reason, now))),
        // Kept before the table says that it is ready: what is ready must stay.
        Ok((content_type, checksum)) => {
            let is_kept = bucket.keep(owner, id).await?;
            Ok(is_kept.then(|| file.clone().completed(content_type, checksum, now)))
        }
    }
}

/// What the bytes are, and their checksum; the reason, for the owner, if they are not what they were said to be.
fn judged(file: &File, object: StoredObject, beginning: &[u8]) -> Result<(ContentType, Checksum), String> {
    if object.size_bytes != file.size_bytes {
        return Err(format!("It has {} bytes instead of {}.", object.size_bytes, file.size_bytes));
    }
    let is_as_said = |checksum: &Checksum| match &file.upload {
        Upload::Single { sha256 } => *checksum == Checksum::from(*sha256),
        // S3 has checked every part against the checksum that its link was signed for.
        Upload::Multipart { .. } => checksum.parts() == Parts::of(file).map(|parts| parts.count()),
    };
    let checksum = object
        .checksum
        .filter(is_as_said)
        .ok_or("Its bytes do not have the checksum that they were said to have.")?;
    let is_whole = beginning.len() as u64 == file.size_bytes;
    let content_type = settled(&file.content_type, beginning, is_whole)?;
    Ok((content_type, checksum))
}
