//! Sealed fields, on a real table and a KMS that is strict.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod fields;
mod keys;

use app_domain::{Timestamp, UserId};
use app_store::{DataKeys, Table};
use app_testing::{PlayedKms, table};
use app_vault::{Sealed, Vault, VaultError};

const RECORD: &str = "IDENTITY#google/refreshToken";
const PLAIN: &[u8] = b"1//refresh-token";

fn person() -> UserId {
    UserId::new(Timestamp::from_millis(1_795_000_000_000).unwrap())
}

/// A table and KMS, and the vaults of as many environments as a test needs.
struct World {
    table: Table,
    kms: PlayedKms,
}

impl World {
    async fn new() -> Self {
        Self { table: table().await, kms: PlayedKms::default() }
    }

    /// The vault of a cold environment.
    fn vault(&self) -> Vault {
        Vault::new(self.keys(), self.kms.port())
    }

    fn keys(&self) -> DataKeys {
        DataKeys::new(self.table.clone())
    }
}

async fn opened(vault: &Vault, owner: UserId, sealed: &Sealed) -> Vec<u8> {
    vault.open(owner, RECORD, sealed).await.unwrap().to_vec()
}

/// How opening or sealing failed.
fn failure<T>(result: Result<T, VaultError>) -> VaultError {
    result.err().unwrap()
}
