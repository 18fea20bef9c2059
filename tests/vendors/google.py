"""Google's own client against a played Google Drive: google.py ORIGIN ACCESS_TOKEN MANIFEST

MANIFEST is JSON: the SHA-256 in hexadecimal of each file by its path. Prints a line for each check, and exits with 1 if one fails.
"""

import hashlib
import io
import json
import re
import sys

# Else this file would be what it imports.
sys.path.pop(0)

import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseDownload, MediaIoBaseUpload

FOLDER = "application/vnd.google-apps.folder"
NAME = "by the vendor's client"
failed = False


def check(what, is_right, seen=""):
    global failed
    failed = failed or not is_right
    print(f"{'ok' if is_right else 'WRONG'}  {what}{'' if is_right else f': {seen}'}")


def service(origin, token):
    document = json.loads(get_static_doc("drive", "v3"))
    document["rootUrl"] = origin + "/"
    document["baseUrl"] = origin + "/drive/v3/"
    document.pop("mtlsRootUrl", None)
    http = AuthorizedHttp(Credentials(token=token), http=httplib2.Http())
    # A 308 is no redirect here; the client knows it by its status.
    http.http.redirect_codes = http.http.redirect_codes - {308}
    return build_from_document(document, http=http)


def everything(drive):
    """All files and folders that the app may see, a few at a time."""
    found, page = [], None
    while True:
        answer = drive.files().list(
            q="trashed = false", pageSize=5, pageToken=page, spaces="drive",
            fields="nextPageToken, files(id, name, mimeType, parents, size, sha256Checksum, appProperties)",
        ).execute()
        found += answer["files"]
        page = answer.get("nextPageToken")
        if page is None:
            return found


def paths(found):
    """The files by their paths below our folder."""
    by_id = {item["id"]: item for item in found}
    files = {}
    for item in found:
        names, at = [], item
        while at and at.get("appProperties", {}).get("memoryApp") != "folder":
            names.insert(0, at["name"])
            at = by_id.get(at.get("parents", [None])[0])
        if at and item["mimeType"] != FOLDER:
            files["/".join(names)] = item
    return files


def download(drive, file_id):
    into = io.BytesIO()
    loader = MediaIoBaseDownload(into, drive.files().get_media(fileId=file_id), chunksize=1 << 20)
    done = False
    while not done:
        _, done = loader.next_chunk()
    return into.getvalue()


def upload(drive, parent, content):
    media = MediaIoBaseUpload(io.BytesIO(content), "application/octet-stream", chunksize=1 << 20, resumable=True)
    body = {"id": drive.files().generateIds(count=1).execute()["ids"][0], "name": NAME, "parents": [parent]}
    request = drive.files().create(body=body, media_body=media, fields="id,size,sha256Checksum")
    steps, answer = 0, None
    while answer is None:
        _, answer = request.next_chunk()
        steps += 1
    return body["id"], steps, answer


def refused(what, request, status, reason):
    try:
        request.execute()
        check(what, False, "no error")
    except HttpError as error:
        told = json.loads(error.content)["error"]["errors"][0]["reason"]
        check(what, (error.resp.status, told) == (status, reason), f"{error.resp.status} {told}")


def main(origin, token, manifest):
    drive = service(origin, token)
    about = drive.about().get(fields="user(emailAddress),storageQuota").execute()
    check("the account has an address", "@" in about["user"]["emailAddress"], about)
    check("sizes are text", re.fullmatch(r"\d+", about["storageQuota"]["usage"]), about)

    start = drive.changes().getStartPageToken().execute()["startPageToken"]
    found = everything(drive)
    files = paths(found)
    wanted = json.load(open(manifest, encoding="utf-8"))
    check("the files are those that were put", files.keys() == wanted.keys(), files.keys() ^ wanted.keys())
    for path, sha256 in wanted.items():
        if path in files:
            content = b"" if files[path]["size"] == "0" else download(drive, files[path]["id"])
            told = files[path]["sha256Checksum"]
            check(f"{path} is what was put", hashlib.sha256(content).hexdigest() == sha256 == told, told)

    ours = next(item for item in found if item.get("appProperties", {}).get("memoryApp") == "folder")
    content = bytes(number % 251 for number in range(3 << 20))
    file_id, steps, answer = upload(drive, ours["id"], content)
    check("a resumable upload takes its chunks", steps == 3, steps)
    check("its hash is told", answer["sha256Checksum"] == hashlib.sha256(content).hexdigest(), answer)
    check("it is read back", download(drive, file_id) == content)

    media = MediaIoBaseUpload(io.BytesIO(b"small"), "text/plain")
    small = drive.files().create(body={"name": "small", "parents": [ours["id"]]}, media_body=media).execute()
    check("a file of two parts is read back", download(drive, small["id"]) == b"small")
    renamed = drive.files().update(fileId=small["id"], body={"name": "renamed"}, fields="name").execute()
    check("it is renamed", renamed == {"name": "renamed"}, renamed)
    changes = drive.changes().list(pageToken=start, fields="newStartPageToken, changes(fileId, removed)").execute()
    check("both are told as changes", {file_id, small["id"]} <= {item["fileId"] for item in changes["changes"]}, changes)
    drive.files().delete(fileId=small["id"]).execute()

    refused("an id is used once", drive.files().create(body={"id": file_id, "name": "x"}), 409, "fileIdInUse")
    refused("a file that is gone is not found", drive.files().get(fileId=small["id"]), 404, "notFound")
    refused("what cannot be read is no search", drive.files().list(q="name is 'x'"), 400, "invalid")
    refused("there is no such field", drive.files().get(fileId=file_id, fields="bytes"), 400, "invalidParameter")
    refused("an old page is not taken", drive.files().list(pageToken="old"), 400, "invalid")
    refused("what the account shows has to be said", drive.about().get(), 400, "required")
    stranger = service(origin, "ya29.stranger")
    refused_token = stranger.files().list()
    try:
        refused_token.execute()
        check("a token has to be known", False, "no error")
    except Exception as error:  # The client wants to refresh it, and cannot.
        check("a token has to be known", "refresh" in str(error).lower() or "401" in str(error), error)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
