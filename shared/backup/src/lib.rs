//! Backups on people's own drives: what is in them, written and read; drives that stay connected.
//!
//! A backup is a [`Manifest`] that names packs of records and large files by what is in them, so that the next one sends only what has changed, and
//! each can be restored without the others. `docs/backup/README.md` says what is where. What writes and reads them does no I/O.

mod cut;
mod estimate;
mod head;
mod keeper;
mod key;
pub mod layout;
mod manifest;
mod manifest_file;
mod open;
mod opened;
mod pack;
mod pack_file;
mod packer;
mod passphrase;
mod readme;
mod seal;
mod sources;
mod sum;
mod verify;

pub use estimate::{LastRun, estimate};
pub use keeper::{Dead, Renewal, TokenKeeper};
pub use key::{Identity, KeyError, NewKey, new_key, rewrap};
pub use manifest::{FileEntry, Manifest, ManifestError, PackEntry, Previous};
pub use open::{Drives, OpenDrive};
pub use opened::{OpenError, OpenedPack, OpenedSource, Opener, SmallFile};
pub use pack::{Pack, PackError};
pub use packer::{FileBytes, Packer};
pub use passphrase::Passphrase;
pub use readme::readme;
pub use seal::{InvalidRecipient, SealError, SealedHead, Sealer};
pub use sources::{DriveSource, SealedSource};
pub use sum::{InvalidSum, Sum};
pub use verify::{Fault, FileCheck, check_listing, check_pack};
