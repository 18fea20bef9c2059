use std::io::{Read, Write};
use std::time::Instant;

use age_core::secrecy::SecretString;
use app_backup::{Identity, KeyError, Passphrase, new_key, rewrap};

use crate::samples::passphrase;

fn other() -> Passphrase {
    Passphrase::parse("Zwölf Boxkämpfer jagen").unwrap()
}

#[test]
fn a_key_opens_with_its_passphrase_and_with_no_other() {
    let began = Instant::now();
    let key = new_key(&passphrase()).unwrap();
    println!("a key is made in {:?}", began.elapsed());
    assert!(key.recipient.starts_with("age1"));
    assert_eq!(Identity::unlock(&key.key_file, &passphrase()).unwrap().recipients(), [key.recipient]);
    assert!(matches!(Identity::unlock(&key.key_file, &other()), Err(KeyError::WrongPassphrase)));
    // Neither says anything of itself.
    assert_eq!(format!("{:?}", passphrase()), "Passphrase(…)");
}

#[test]
fn another_passphrase_opens_the_same_key_and_the_old_one_no_more() {
    let key = new_key(&passphrase()).unwrap();
    assert!(matches!(rewrap(&key.key_file, &other(), &other()), Err(KeyError::WrongPassphrase)));
    let again = rewrap(&key.key_file, &passphrase(), &other()).unwrap();
    assert_eq!(Identity::unlock(&again, &other()).unwrap().recipients(), [key.recipient]);
    assert!(matches!(Identity::unlock(&again, &passphrase()), Err(KeyError::WrongPassphrase)));
}

fn encrypted(text: &[u8], work: u8) -> Vec<u8> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from("correct horse battery"));
    recipient.set_work_factor(work);
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let mut writer = age::Encryptor::with_recipients(recipients).unwrap().wrap_output(Vec::new()).unwrap();
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

#[test]
fn a_key_file_that_asks_for_too_much_is_refused_at_once() {
    let file = encrypted(b"x", 10);
    let text = String::from_utf8_lossy(&file).into_owned();
    let line = text.lines().nth(1).unwrap();
    for work in ["19", "30", "63", "64", "255"] {
        let more = line.replace(" 10", &format!(" {work}"));
        let at = file.windows(line.len()).position(|window| window == line.as_bytes()).unwrap();
        let hostile = [&file[..at], more.as_bytes(), &file[at + line.len()..]].concat();
        let began = Instant::now();
        let error = Identity::unlock(&hostile, &passphrase()).unwrap_err();
        assert!(matches!(error, KeyError::TooMuchWork), "{work}: {error}");
        assert!(began.elapsed().as_secs() < 1);
    }
}

#[test]
fn what_is_no_key_file_is_damaged_and_not_a_wrong_passphrase() {
    let key = new_key(&passphrase()).unwrap().key_file;
    let mut changed = key.clone();
    *changed.last_mut().unwrap() ^= 1;
    let sealed = age::encrypt(&age::x25519::Identity::generate().to_public(), b"x").unwrap();
    let endless = encrypted(&vec![b'\n'; 1 << 20], 10);
    let none = encrypted(b"# nothing\n", 10);
    let junk = encrypted(b"AGE-SECRET-KEY-1QQQQ\n", 10);
    let cut = &key[..key.len() - 40];
    for (file, what) in [
        (changed.as_slice(), "changed"),
        (cut, "cut"),
        (&sealed, "for a key"),
        (&endless, "large"),
        (&none, "none"),
        (&junk, "junk"),
        (b"", "empty"),
        (b"AGE-SECRET-KEY-1", "plain"),
    ] {
        let error = Identity::unlock(file, &passphrase()).unwrap_err();
        assert!(matches!(error, KeyError::Damaged), "{what}: {error}");
    }
}

#[test]
fn a_key_that_the_person_made_opens_too() {
    let identity = age::x25519::Identity::generate();
    let text = format!("# created: 2026-11-22\n\n{}\n", secret(&identity));
    let file = encrypted(text.as_bytes(), 10);
    let opened = Identity::unlock(&file, &passphrase()).unwrap();
    assert_eq!(opened.recipients(), [identity.to_public().to_string()]);
}

fn secret(identity: &age::x25519::Identity) -> String {
    use age_core::secrecy::ExposeSecret;
    identity.to_string().expose_secret().to_owned()
}

#[test]
fn the_key_file_is_one_of_age() {
    let key = new_key(&passphrase()).unwrap();
    let identity = age::scrypt::Identity::new(SecretString::from("correct horse battery"));
    let decryptor = age::Decryptor::new(key.key_file.as_slice()).unwrap();
    let mut text = String::new();
    let identities = std::iter::once(&identity as &dyn age::Identity);
    decryptor.decrypt(identities).unwrap().read_to_string(&mut text).unwrap();
    assert!(text.starts_with(&format!("# public key: {}\nAGE-SECRET-KEY-1", key.recipient)));
}

#[test]
fn weak_passphrases_are_refused() {
    let is_good = |text: &str| Passphrase::parse(text).is_ok();
    assert!(is_good("0123456789") && is_good("日本語のパスフレーズだ") && is_good("my dog is 7"));
    let long = "ab cd efg ".repeat(26);
    for weak in [
        "",
        "012345678",
        "aaaaaaaaaaaaaaa",
        "abababababab",
        " 0123456789",
        "0123456789\n",
        "01234\u{0}56789",
        &long,
    ] {
        assert!(!is_good(weak), "{weak:?}");
    }
}
