//! The vendors' own clients, which look at what our adapters have put: `tests/vendors`.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::process::Command;

use app_testing::drives::PlayedDrive;

/// Whether a vendor's client finds files of these hashes with a token, and what it says.
pub(crate) async fn checked(
    vendor: &str,
    played: &dyn PlayedDrive,
    token: &str,
    manifest: &BTreeMap<&str, String>,
) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/vendors/{vendor}.py"));
    let file = env::temp_dir().join(format!("{vendor}-{}.json", std::process::id()));
    std::fs::write(&file, serde_json::to_vec(manifest).unwrap()).unwrap();
    let mut command = Command::new(env::var("VENDORS_PYTHON").unwrap_or_else(|_| "python3".to_owned()));
    command.arg(script).args([&played.origin(), token]).arg(&file);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    std::fs::remove_file(&file).unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (output.status.success(), said.concat())
}
