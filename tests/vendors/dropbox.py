"""Dropbox's own client reads what we have put into a played Dropbox, and is refused as by the real one.

Usage: python dropbox.py ORIGIN ACCESS_TOKEN MANIFEST, where MANIFEST is a JSON file of {path: SHA-256 in hexadecimal}.
"""

import sys

# This file has the name of the package that it needs, which is not to be looked for here.
sys.path.pop(0)

import hashlib
import json

import dropbox
from dropbox import exceptions, files
from dropbox.content_hash import DropboxContentHasher

PIECE = 4 * 1024 * 1024


def main(origin, token, manifest):
    with open(manifest, encoding="utf-8") as file:
        wanted = json.load(file)
    client = at(origin, oauth2_access_token=token)
    checks = [
        ("lists all files and no others", lambda: lists(client, wanted)),
        ("downloads the bytes that were put", lambda: downloads(client, wanted)),
        ("agrees on every hash", lambda: hashes(client, wanted)),
        ("knows the account and its room", lambda: account(client)),
        ("uploads by a session and reads it back", lambda: uploads(client)),
        ("is told the right offset", lambda: offsets(client)),
        ("is told of conflicts", lambda: conflicts(client)),
        ("is told what is not there", lambda: missing(client)),
        ("hears of changes behind its cursor", lambda: changes(client)),
        ("is refused with a token that is none", lambda: token_refused(origin)),
    ]
    failed = 0
    for name, check in checks:
        try:
            check()
            print(f"ok   {name}")
        except Exception as error:  # Whatever is wrong is a difference.
            failed += 1
            print(f"FAIL {name}: {type(error).__name__}: {error}")
    return 1 if failed else 0


def at(origin, **given):
    """A client of a played Dropbox, whose hosts are paths of one origin."""
    client = dropbox.Dropbox(max_retries_on_error=0, max_retries_on_rate_limit=0, **given)
    client._session.trust_env = False
    client._host_map = {"api": origin, "content": origin + "/content", "notify": origin}
    client._get_route_url = lambda host, route: f"{host}/2/{route}"
    return client


def entries(client, **given):
    page = client.files_list_folder("", recursive=True, limit=5, **given)
    yield from page.entries
    while page.has_more:
        page = client.files_list_folder_continue(page.cursor)
        yield from page.entries


def lists(client, wanted):
    found = {entry.path_display[1:] for entry in entries(client) if isinstance(entry, files.FileMetadata)}
    equal(found, set(wanted))


def downloads(client, wanted):
    for path, sha256 in wanted.items():
        metadata, response = client.files_download("/" + path)
        equal(hashlib.sha256(response.content).hexdigest(), sha256)
        equal(metadata.size, len(response.content))
        again, response = client.files_download(metadata.id)
        equal(again.rev, metadata.rev)


def hashes(client, wanted):
    for path in wanted:
        metadata, response = client.files_download("/" + path)
        hasher = DropboxContentHasher()
        hasher.update(response.content)
        content_hash = hasher.hexdigest()
        equal(metadata.content_hash, content_hash)
        equal(client.files_get_metadata("/" + path).content_hash, content_hash)


def account(client):
    account, space = client.users_get_current_account(), client.users_get_space_usage()
    equal(len(account.account_id), 40)
    equal("@" in account.email, True)
    equal(space.used <= space.allocation.get_individual().allocated, True)


def uploads(client):
    content = bytes(range(256)) * (9 * 1024 * 4 + 1)
    session = client.files_upload_session_start(content[:PIECE]).session_id
    cursor = files.UploadSessionCursor(session, PIECE)
    client.files_upload_session_append_v2(content[PIECE : 2 * PIECE], cursor)
    cursor.offset += PIECE
    commit = files.CommitInfo("/vendor/Größe 🙂.bin", mode=files.WriteMode.add, mute=True)
    put = client.files_upload_session_finish(content[2 * PIECE :], cursor, commit)
    equal(put.size, len(content))
    _, response = client.files_download(put.path_display)
    equal(response.content, content)
    small = client.files_upload(b"small", "/vendor/small", mode=files.WriteMode.overwrite)
    again = client.files_upload(b"other", "/vendor/small", mode=files.WriteMode.update(small.rev))
    equal(again.id, small.id)


def offsets(client):
    session = client.files_upload_session_start(b"0123").session_id
    cursor = files.UploadSessionCursor(session, 0)
    error = refused(lambda: client.files_upload_session_append_v2(b"0123", cursor))
    equal(error.get_incorrect_offset().correct_offset, 4)
    commit = files.CommitInfo("/vendor/never")
    error = refused(lambda: client.files_upload_session_finish(b"", cursor, commit))
    equal(error.get_lookup_failed().get_incorrect_offset().correct_offset, 4)
    cursor = files.UploadSessionCursor("none", 0)
    equal(refused(lambda: client.files_upload_session_append_v2(b"", cursor)).is_not_found(), True)


def conflicts(client):
    old = client.files_upload(b"one", "/vendor/conflict").rev
    client.files_upload(b"two", "/vendor/conflict", mode=files.WriteMode.overwrite)
    mode = files.WriteMode.update(old)
    error = refused(lambda: client.files_upload(b"three", "/vendor/conflict", mode=mode))
    equal(error.get_path().reason.get_conflict().is_file(), True)
    error = refused(lambda: client.files_delete_v2("/vendor/conflict", parent_rev=old))
    equal(error.get_path_write().get_conflict().is_file(), True)
    error = refused(lambda: client.files_upload(b"x", "/vendor", mode=files.WriteMode.overwrite))
    equal(error.get_path().reason.get_conflict().is_folder(), True)
    error = refused(lambda: client.files_upload(b"x", "/vendor/sum", content_hash="0" * 64))
    equal(error.is_content_hash_mismatch(), True)


def missing(client):
    equal(refused(lambda: client.files_get_metadata("/none")).get_path().is_not_found(), True)
    equal(refused(lambda: client.files_download("/none")).get_path().is_not_found(), True)
    equal(refused(lambda: client.files_delete_v2("/none")).get_path_lookup().is_not_found(), True)
    equal(refused(lambda: client.files_list_folder("/none")).get_path().is_not_found(), True)
    try:
        client.files_list_folder_continue("no cursor")
    except exceptions.BadInputError:
        return
    raise AssertionError("a cursor that is none was taken")


def changes(client):
    cursor = client.files_list_folder_get_latest_cursor("", recursive=True).cursor
    client.files_upload(b"here", "/vendor/here")
    client.files_delete_v2("/vendor/here")
    client.files_upload(b"again", "/vendor/here")
    told = client.files_list_folder_continue(cursor).entries
    equal(isinstance(told[-1], files.FileMetadata), True)
    client.files_delete_v2("/vendor")
    told = [entry for entry in entries(client) if entry.path_lower.startswith("/vendor")]
    equal(told, [])


def token_refused(origin):
    try:
        at(origin, oauth2_access_token="none").files_list_folder("")
    except exceptions.AuthError as error:
        return equal(error.error.is_invalid_access_token(), True)
    raise AssertionError("a token that is none was taken")


def refused(call):
    try:
        call()
    except exceptions.ApiError as error:
        return error.error
    raise AssertionError("a call that is wrong was taken")


def equal(got, wanted):
    if got != wanted:
        raise AssertionError(f"{str(got)[:200]} is not {str(wanted)[:200]}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
