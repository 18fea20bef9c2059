//! What explains the folder to whoever opens it, in years, without us.

use app_domain::UserId;

/// `README.txt` of our folder on a drive.
pub fn readme(set: UserId) -> String {
    format!(
        "These are backups of a memory app, made for the account {set}.
They can be opened and verified without it.

backups/{set}/<time>_<id>.json
    A backup each: which packs and files it has, with their sizes and SHA-256.
    Each is whole by itself. To verify it:

        head -n -1 FILE | sha256sum        (compare with its last line)

packs/{set}/<SHA-256>.zip
    Records: JSON objects, one on each line, and small files. Each pack is an
    archive by itself, with SHA256SUMS in it. Several backups share packs.
    In the format json a pack is a JSON document, in txt a text to read.
files/{set}/<SHA-256>.<extension>
    Larger files. Backups name the id of each; its record in a pack has its name.
    What has not changed has the SHA-256 that it is named by:

        sha256sum FILE

notes/
    Memories that you can edit here. Changes come back into your account.

What ends in .age is encrypted with age (https://age-encryption.org). The key is in
keys/{set}.age, which your passphrase opens, and nothing else does. To decrypt:

    age -d -i keys/{set}.age -o OUT FILE.age

Nobody can help who has lost the passphrase or that file: keep a copy of it.

Do not rename, change or remove single files in backups, packs or files: backups
that need them could not be restored. Whole folders can be copied anywhere.
"
    )
}
