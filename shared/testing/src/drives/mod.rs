//! People's drives, played on 127.0.0.1 as strictly as their providers: what those would refuse is refused, with their own errors.
//!
//! Each is an account of one person, with one folder of ours in it. They run on threads of their own until they are dropped, go by a clock that
//! tests can set, can be told to fail, and count what they are asked. [`PlayedDrive`] is what they have in common.

mod control;
mod dropbox;
mod google;
mod onedrive;
mod s3;
mod traffic;

use std::collections::BTreeMap;
use std::time::Duration;

use app_domain::Timestamp;

use crate::Death;

pub use dropbox::FakeDropbox;
pub use google::FakeGoogleDrive;
pub use onedrive::FakeOneDrive;
pub use s3::FakeS3;
pub use traffic::{Gate, Traffic};

/// Our folder on a played drive, in the person's own hands, and the gate before it.
pub trait PlayedSite: Send + Sync {
    /// What all calls go through.
    fn gate(&self) -> &Gate;

    /// See [`PlayedDrive::files`].
    fn files(&self) -> BTreeMap<String, Vec<u8>>;

    /// See [`PlayedDrive::put_by_hand`].
    fn put_by_hand(&self, path: &str, bytes: &[u8]);

    /// See [`PlayedDrive::remove_by_hand`].
    fn remove_by_hand(&self, path: &str);

    /// See [`PlayedDrive::rename_by_hand`].
    fn rename_by_hand(&self, from: &str, to: &str);
}

/// What a test can do with any of them.
pub trait PlayedDrive: Send + Sync {
    /// What is played.
    fn site(&self) -> &dyn PlayedSite;

    /// The beginning of all its addresses: `http://127.0.0.1:…`.
    fn origin(&self) -> String;

    /// The address to which the provider sends a browser back when the person agrees at `authorize_url`: with a code and the state. What is wrong
    /// with the request is the provider's error, in words.
    ///
    /// # Errors
    /// What the provider's page would show instead.
    fn consent(&self, authorize_url: &str) -> Result<String, String>;

    /// How much room there is in all; `None` without limit.
    fn set_room(&self, total_bytes: Option<u64>);

    /// Lets the access tokens that are out expire now. With refresh tokens, others can be had.
    fn expire_tokens(&self);

    /// The person withdraws what they agreed to: no token works any more.
    fn withdraw(&self);

    /// Whether a refresh token of ours still works.
    fn is_granted(&self) -> bool;

    /// The files in our folder as the person sees them, by path.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.site().files()
    }

    /// The person puts or edits a file in our folder, by hand.
    fn put_by_hand(&self, path: &str, bytes: &[u8]) {
        self.site().put_by_hand(path, bytes);
    }

    /// The person removes a file, or a folder with all that is in it.
    fn remove_by_hand(&self, path: &str) {
        self.site().remove_by_hand(path);
    }

    /// The person moves or renames a file.
    fn rename_by_hand(&self, from: &str, to: &str) {
        self.site().rename_by_hand(from, to);
    }

    /// Lets calls fail: the next `times` that such a failure can happen to.
    fn fail(&self, fault: DriveFault, times: usize) {
        self.site().gate().fail(fault, times);
    }

    /// Forgets all failures that are to come.
    fn forget_faults(&self) {
        self.site().gate().forget_faults();
    }

    /// What was asked so far.
    fn traffic(&self) -> Traffic {
        self.site().gate().traffic()
    }

    /// Whoever calls makes this many calls more, and then ends like this: no call goes through any more.
    fn die_after(&self, calls: usize, death: Death) {
        self.site().gate().die_after(calls, death);
    }

    /// Lets every call through again. Whether there was a death.
    fn revive(&self) -> bool {
        self.site().gate().revive()
    }

    /// Every nth call of the API from now on is refused as too many, as the provider does it, with a wait of so many seconds; 0 ends the storm.
    fn storm(&self, every: usize, retry_after_seconds: u64) {
        self.site().gate().storm(every, retry_after_seconds);
    }

    /// What time it is by its clock.
    fn now(&self) -> Timestamp {
        self.site().gate().now()
    }

    /// Lets time pass by its clock.
    fn pass(&self, span: Duration) {
        self.site().gate().pass(span);
    }
}

/// How a good call of the API fails. Calls that get tokens are not meant unless the fault says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriveFault {
    /// Too much was asked. With a wait in seconds if the provider gives one.
    Throttled(Option<u64>),
    /// The provider fails (503), and nothing was done.
    Unavailable,
    /// The connection is cut, and nothing was done.
    Cut,
    /// It is done, and the connection is cut before a word of an answer.
    Unheard,
    /// A chunk of an upload is taken in part only.
    TakenInPart,
    /// The upload is no more.
    UploadGone,
    /// The file is kept with a byte changed, so that its hash is another.
    Garbled,
    /// The file's hash is not known yet in this answer.
    NoHash,
    /// The cursor of changes is too old.
    Reset,
    /// There is no room.
    Full,
    /// The token has expired, which it has not.
    TokenExpired,
    /// The next refresh of a token is refused with `invalid_grant`.
    DeadGrant,
    /// The next refresh of a token fails in passing (503).
    RefreshFails,
}
