//! Settings of the whole product that administrators make.

use app_domain::{AuditEntry, IpRules, StoreError};
use serde::{Deserialize, Serialize};

use crate::audit::entry;
use crate::keys;
use crate::table::{self, Table};

/// The settings of the table.
#[derive(Clone)]
pub struct Settings(Table);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct IpRulesItem {
    rules: IpRules,
}

impl Settings {
    /// The settings of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// The addresses that may and may not call; everybody may until somebody sets rules.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn ip_rules(&self) -> Result<IpRules, StoreError> {
        let item: Option<IpRulesItem> = self.0.get(keys::ip_rules()).await?;
        Ok(item.map(|item| item.rules).unwrap_or_default())
    }

    /// Replaces the rules, and notes it in the audit log, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn set_ip_rules(&self, rules: &IpRules, audit: &AuditEntry) -> Result<(), StoreError> {
        let put = self.0.put(keys::ip_rules(), &IpRulesItem { rules: rules.clone() })?;
        let writes = vec![table::put(put), entry(&self.0, audit)?];
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }
}
