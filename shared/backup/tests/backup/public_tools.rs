//! What we write, opened by what anybody can get.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use app_backup::{Identity, Opener, Sealer, layout, new_key};
use app_domain::BackupFormat;

use crate::samples::{manifest, owner, passphrase, small_pack, stored};

/// Types a passphrase where a program asks for it, which it does of its terminal alone.
const TYPED: &str = r#"
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
while b"passphrase" not in shown.lower():
    shown += os.read(terminal, 1024)
os.write(terminal, sys.argv[1].encode() + b"\n")
try:
    while os.read(terminal, 1024):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;

/// Unpacks with Python's zipfile, and lets sha256sum compare.
const UNPACKED: &str = r#"
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    archive.extractall(sys.argv[2])
"#;

/// A folder of the test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn done(mut command: Command) -> Output {
    let output = command.output().unwrap();
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
    output
}

fn python(script: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command.arg("-c").arg(script).args(arguments);
    command
}

#[test]
#[ignore = "needs age and Python: apt install age python3"]
fn age_opens_a_backup_with_the_key_file_and_the_passphrase() {
    let folder = folder("age");
    let key = new_key(&passphrase()).unwrap();
    let sealer = Sealer::new(Some(&key.recipient)).unwrap();
    let (entry, pack) = stored(&small_pack(BackupFormat::Archive), BackupFormat::Archive, &sealer);
    let large: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    let manifest = manifest().to_bytes().unwrap();
    let files = [
        ("pack", pack.clone()),
        ("manifest", sealer.seal(manifest.clone()).unwrap()),
        ("large", sealer.seal(large.clone()).unwrap()),
        ("empty", sealer.seal(Vec::new()).unwrap()),
    ];
    fs::write(folder.join("key.age"), &key.key_file).unwrap();
    let identity = Identity::unlock(&key.key_file, &passphrase()).unwrap();
    let plain = Opener::new(Some(identity)).pack_bytes(&entry, pack).unwrap();
    for (name, sealed) in files {
        fs::write(folder.join(name), sealed).unwrap();
        let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let (key, out, of) = (at("key.age"), at(&format!("{name}.out")), at(name));
        done(python(TYPED, &["correct horse battery", "age", "-d", "-i", &key, "-o", &out, &of]));
        let expected = match name {
            "pack" => &plain,
            "manifest" => &manifest,
            "large" => &large,
            _ => &Vec::new(),
        };
        // Of nothing it makes no file.
        let found = if fs::exists(&out).unwrap() { fs::read(&out).unwrap() } else { Vec::new() };
        assert!(found == *expected, "{name}");
    }
}

#[test]
#[ignore = "needs age: apt install age"]
fn what_age_encrypts_to_the_public_key_opens_here() {
    let folder = folder("to-us");
    let key = new_key(&passphrase()).unwrap();
    let identity = Identity::unlock(&key.key_file, &passphrase()).unwrap();
    for size in [0, 5, 65_536, 65_537, 200_000] {
        let plain = vec![7; size];
        fs::write(folder.join("plain"), &plain).unwrap();
        let mut age = Command::new("age");
        age.args(["-r", &key.recipient, "-o"]).arg(folder.join("sealed")).arg(folder.join("plain"));
        done(age);
        let sealed = fs::read(folder.join("sealed")).unwrap();
        assert!(Opener::new(Some(identity.clone())).open(sealed, true).unwrap() == plain, "{size}");
    }
}

#[test]
#[ignore = "needs Python and sha256sum"]
fn python_unpacks_a_pack_and_sha256sum_verifies_it() {
    let folder = folder("zip");
    fs::write(folder.join("pack.zip"), small_pack(BackupFormat::Archive).to_bytes().unwrap()).unwrap();
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    done(python(UNPACKED, &[&at("pack.zip"), &at("unpacked")]));
    let mut sums = Command::new("sha256sum");
    sums.args(["--strict", "-c", "SHA256SUMS"]).current_dir(folder.join("unpacked"));
    let said = String::from_utf8(done(sums).stdout).unwrap();
    assert_eq!(said.lines().filter(|line| line.ends_with(": OK")).count(), 3, "{said}");
}

#[test]
#[ignore = "needs head and sha256sum"]
fn head_and_sha256sum_verify_a_manifest() {
    let folder = folder("manifest");
    let manifest = manifest();
    let path = folder.join("manifest.json");
    fs::write(&path, manifest.to_bytes().unwrap()).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", "head -n -1 \"$0\" | sha256sum && tail -n 1 \"$0\""]).arg(&path);
    let said = String::from_utf8(done(shell).stdout).unwrap();
    let (found, last) = said.split_once("  -\n").unwrap();
    assert_eq!(last, format!("],\"sha256\":\"{found}\"}}\n"));
    assert!(manifest.path().starts_with(&layout::manifests(owner())));
}
