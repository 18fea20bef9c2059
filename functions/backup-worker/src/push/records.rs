//! The records: walked through, packed, and sent as far as the drive does not have them.

use app_archive::{Kind, Record};
use app_backup::{FileBytes, Pack, PackEntry, Packer, Sum, layout};
use app_connectors::drives::{Digest, Drive};
use app_domain::{ExportOptions, ExportSpec};
use app_walk::{Packed, Place, Step, Walk, Wanted};
use bytes::Bytes;

use super::base::Base;
use super::draft::Draft;
use super::file;
use super::send::{Sent, WholeBytes, sent};
use crate::failure::Failure;
use crate::run::Run;

/// Writes everything from where the draft is.
pub(super) async fn write(run: &Run<'_>, base: &Base, draft: &mut Draft) -> Result<(), Failure> {
    let Some(place) = draft.place().cloned() else { return Ok(()) };
    let format = draft.format().export_format();
    let options = ExportOptions { versions: true, files: true, ..ExportOptions::of(format) };
    let spec = ExportSpec { options, ..ExportSpec::of(format) };
    let wanted = Wanted { owner: run.owner(), began: draft.at(), spec: &spec, kinds: &Kind::ALL };
    let total = run.worker.source.memories.total(run.owner()).await?;
    let mut packer = Packer::new(run.owner(), draft.format());
    let mut walk = Walk::new(&run.worker.source, wanted, place);
    while let Some(step) = walk.next().await? {
        let ended = take(run, base, draft, &mut packer, step).await?;
        if let Some(pack) = ended {
            add(run, base, draft, pack, Some(walk.place().clone())).await?;
        }
        run.items(draft.items(), total);
        run.goes_on().await?;
    }
    match packer.finish() {
        Some(pack) => add(run, base, draft, pack, None).await?,
        None => draft.settle(None),
    }
    draft.save(run).await
}

/// Packs what the walk has come to. The pack that it ends, if it does.
async fn take(
    run: &Run<'_>,
    base: &Base,
    draft: &mut Draft,
    packer: &mut Packer,
    step: Step,
) -> Result<Option<Pack>, Failure> {
    match step {
        Step::Record(record, packed) => {
            let kind = record.kind();
            let ended = match (*record, packed) {
                (Record::File(_), Some(packed)) if draft.was_given(packed.id) => None,
                (Record::File(record), Some(packed)) => {
                    let bytes = bytes(run, base, draft, &packed).await?;
                    packer.add_file(record, bytes).map_err(step_failed)?
                }
                (record, _) => packer.add(record).map_err(step_failed)?,
            };
            draft.look(kind);
            Ok(ended)
        }
        Step::Unreadable(kind, id) => {
            draft.unreadable(kind, id);
            draft.look(kind);
            Ok(None)
        }
        Step::Passed(kind) => {
            draft.look(kind);
            Ok(None)
        }
        Step::Nothing => Ok(None),
    }
}

/// The bytes of a small file; a large one is sent.
async fn bytes(run: &Run<'_>, base: &Base, draft: &mut Draft, packed: &Packed) -> Result<FileBytes, Failure> {
    if !Packer::takes(draft.format(), packed.size_bytes) {
        let is_there = Box::pin(file::send(run, base, draft, packed)).await?;
        return Ok(if is_there { FileBytes::Apart } else { FileBytes::Missing });
    }
    let bytes = run.worker.files_bucket.range(run.owner(), packed.id, 0, packed.size_bytes).await?;
    Ok(match bytes.filter(|bytes| bytes.len() as u64 == packed.size_bytes) {
        Some(bytes) => FileBytes::Here { bytes, is_dense: packed.is_dense },
        None => FileBytes::Missing,
    })
}

/// Adds a pack, and sends it unless the drive has it.
async fn add(
    run: &Run<'_>,
    base: &Base,
    draft: &mut Draft,
    pack: Pack,
    place: Option<Place>,
) -> Result<(), Failure> {
    if let Some((entry, hash)) = base.pack(pack.content, draft.recipient()) {
        draft.add_pack(entry, hash, 0, pack.missing_files, place);
        return draft.save_soon(run).await;
    }
    let stored = draft.sealer.seal(pack.to_bytes().map_err(step_failed)?).map_err(step_failed)?;
    let (sha256, size) = (Sum::of(&stored), stored.len() as u64);
    let path = layout::pack(run.owner(), sha256, draft.format(), draft.sealer.is_sealing());
    let digest = Digest::of(run.drive.digest(), &stored);
    let (missing, content, counts) = (pack.missing_files, pack.content, pack.counts.clone());
    drop(pack);
    let source = WholeBytes(Bytes::from(stored));
    let Sent { hash, new_bytes } = sent(run, base, &path, &source, Some(&digest), None).await?;
    let entry = PackEntry { path, size, sha256, content, counts };
    draft.add_pack(entry, hash, new_bytes, missing, place);
    draft.save_soon(run).await
}

fn step_failed(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::Step(Box::new(error))
}
