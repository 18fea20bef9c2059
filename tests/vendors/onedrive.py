"""Microsoft's own client against the played OneDrive: python onedrive.py ORIGIN ACCESS_TOKEN MANIFEST

Lists our folder, downloads every file and compares it with the manifest (a JSON object: path -> SHA-256 in hexadecimal), uploads one by a
session and one in a call, reads them back, follows the list of changes, and is told Microsoft's errors for calls that are wrong.
Prints a line for each check; exits 1 if anything differs.
"""

import asyncio
import base64
import hashlib
import json
import sys
import urllib.parse
from io import BytesIO

import httpx
from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator, BaseBearerTokenAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.drives.item.items.item.create_upload_session.create_upload_session_post_request_body import (
    CreateUploadSessionPostRequestBody,
)
from msgraph.generated.models.drive_item import DriveItem
from msgraph.generated.models.drive_item_uploadable_properties import DriveItemUploadableProperties
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_core.tasks import LargeFileUploadTask

FAILED = []


def check(what, is_good, detail=""):
    print(f"{'ok  ' if is_good else 'FAIL'} {what}{' ' + str(detail) if detail and not is_good else ''}", flush=True)
    if not is_good:
        FAILED.append(what)


class Token(AccessTokenProvider):
    """The token, for the API's own address and no other."""

    def __init__(self, origin, token):
        self.origin, self.token = origin, token

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return self.token if uri.startswith(self.origin + "/") else ""

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


def quick_xor(data):
    """quickXorHash by its definition, on one long number."""
    register, mask = 0, (1 << 160) - 1
    for place in range(min(len(data), 160)):
        column = 0
        for byte in data[place::160]:
            column ^= byte
        shift = place * 11 % 160
        register ^= (column << shift | column >> (160 - shift)) & mask
    register ^= len(data) << 96
    return base64.b64encode(register.to_bytes(20, "little")).decode()


async def refused(call):
    """Status and code with which a call is refused."""
    try:
        await call
    except ODataError as error:
        return error.response_status_code, error.error.code
    return None, None


class Drive:
    def __init__(self, origin, token):
        adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Token(origin, token)))
        adapter.base_url = f"{origin}/v1.0"
        self.origin, self.adapter = origin, adapter
        self.client = GraphServiceClient(request_adapter=adapter)

    async def open(self):
        drive = await self.client.me.drive.get()
        self.id, self.items = drive.id, self.client.drives.by_drive_id(drive.id).items
        root = await self.client.drives.by_drive_id(drive.id).special.by_drive_item_id("approot").get()
        self.root = root.id
        return drive, root

    def below(self, path, action):
        """The address of something below our folder."""
        return f"{self.origin}/v1.0/drives/{self.id}/items/{self.root}:/{urllib.parse.quote(path)}:/{action}"

    async def list(self, folder, path=""):
        files, builder = {}, self.items.by_drive_item_id(folder).children
        page = await builder.get()
        while page:
            for item in page.value:
                if item.folder:
                    files |= await self.list(item.id, f"{path}{item.name}/")
                else:
                    files[path + item.name] = item
            page = await builder.with_url(page.odata_next_link).get() if page.odata_next_link else None
        return files

    async def content(self, item):
        return await self.items.by_drive_item_id(item.id).content.get() or b""

    async def session(self, path, behavior):
        properties = DriveItemUploadableProperties(name=path.rsplit("/", 1)[-1])
        properties.additional_data = {"@microsoft.graph.conflictBehavior": behavior}
        builder = self.items.by_drive_item_id(self.root).create_upload_session
        body = CreateUploadSessionPostRequestBody(item=properties)
        return await builder.with_url(self.below(path, "createUploadSession")).post(body)


async def ours(drive, manifest):
    files = await drive.list(drive.root)
    check("the files are those that were uploaded", set(files) == set(manifest), set(files) ^ set(manifest))
    for path in sorted(set(files) & set(manifest)):
        item, content = files[path], await drive.content(files[path])
        check(f"{path}: the bytes", hashlib.sha256(content).hexdigest() == manifest[path], len(content))
        check(f"{path}: size and hash", (item.size, item.file.hashes.quick_xor_hash) == (len(content), quick_xor(content)))


async def upload(drive, session, content, step=8 * 320 * 1024):
    """Fragment by fragment. The task's own loop cannot read the range `327680-`, which Microsoft's own documents have."""
    task = LargeFileUploadTask(session, drive.adapter, BytesIO(content), DriveItem, step)
    for start in range(0, len(content), step):
        end = min(start + step, len(content))
        task.next_range = f"{start}-{end - 1}"
        if end == len(content):
            return await task.last_chunk(task.stream)
        taken = await task.next_chunk(task.stream)
        check(f"a fragment is taken up to {end}", taken.next_expected_ranges == [f"{end}-"], taken.next_expected_ranges)


async def theirs(drive):
    path, content = "from the vendor/large.bin", bytes(range(251)) * 30_000
    session = await drive.session(path, "fail")
    check("a session wants everything", session.next_expected_ranges == ["0-"], session.next_expected_ranges)
    sent = await upload(drive, session, content)
    check("the last fragment is answered with the file", sent.file.hashes.quick_xor_hash == quick_xor(content))
    item = (await drive.list(drive.root)).get(path)
    check("a session of the vendor's arrives", item is not None and item.size == len(content))
    check("and can be read back", item is not None and await drive.content(item) == content)
    small = drive.items.by_drive_item_id(drive.root).content.with_url(drive.below("from the vendor/small ö.txt", "content"))
    kept = await small.put(b"hello sync")
    check("a call of the vendor's arrives", kept.file.hashes.quick_xor_hash == "aCgDG9jwBhDMIQ9uEgMAAAAAAAA=")
    check("and can be read back", await drive.content(kept) == b"hello sync")
    return item, kept


async def changed(drive, kept):
    builder = drive.items.by_drive_item_id(drive.root).delta
    page, found = await builder.get(), set()
    while True:
        found |= {item.id for item in page.value}
        if not page.odata_next_link:
            break
        page = await builder.with_url(page.odata_next_link).get()
    check("the list of changes begins with all", {kept.id, drive.root} <= found)
    await drive.items.by_drive_item_id(kept.id).delete()
    page = await builder.with_url(page.odata_delta_link).get()
    gone = [item.id for item in page.value if item.deleted]
    check("and goes on with what was removed", gone == [kept.id], gone)


async def errors(drive, token):
    missing = drive.items.by_drive_item_id("9F2C8D11A70B3E54!99999")
    check("what is not there", await refused(missing.get()) == (404, "itemNotFound"))
    check("the root of the drive", (await refused(drive.client.drives.by_drive_id(drive.id).root.get())) == (403, "accessDenied"))
    check("our folder cannot be removed", (await refused(drive.items.by_drive_item_id(drive.root).delete()))[0] == 403)
    name = drive.items.by_drive_item_id(drive.root).content.with_url(drive.below("a?b", "content"))
    check("a name that there cannot be", await refused(name.put(b"x")) == (400, "invalidRequest"))
    stranger = Drive(drive.origin, "EwStranger")
    check("a token that is unknown", await refused(stranger.client.me.drive.get()) == (401, "InvalidAuthenticationToken"))
    old = drive.items.by_drive_item_id(drive.root).delta
    link = f"{drive.origin}/v1.0/drives/{drive.id}/items/{drive.root}/delta?token=old"
    check("a cursor that is too old", await refused(old.with_url(link).get()) == (410, "resyncRequired"))

    session = await drive.session("from the vendor/wrong.bin", "fail")
    async with httpx.AsyncClient(trust_env=False) as http:
        put = lambda range, size, **more: http.put(
            session.upload_url, content=b"x" * size, headers={"Content-Range": f"bytes {range}", **more})
        told = await put("0-9/400000", 10, Authorization=f"Bearer {token}")
        check("a token for the upload's address", told.status_code == 401)
        told = await put("327680-327689/400000", 10)
        check("a fragment out of order", (told.status_code, told.json()["error"]["code"]) == (416, "invalidRange"))
        check("an uneven fragment is taken", (await put("0-9/20", 10)).status_code == 202)
        check("and refused at the end", (await put("10-19/20", 10)).status_code == 400)
        check("a session can be ended", (await http.delete(session.upload_url)).status_code == 204)
        check("and is gone then", (await http.get(session.upload_url)).status_code == 404)


async def main(origin, token, manifest):
    drive = Drive(origin, token)
    told, root = await drive.open()
    check("the drive has an owner and room", bool(told.owner.user.display_name) and told.quota.used > 0)
    check("our folder is special", root.special_folder.name == "approot")
    with open(manifest, encoding="utf-8") as file:
        await ours(drive, json.load(file))
    _, kept = await theirs(drive)
    await changed(drive, kept)
    await errors(drive, token)
    print(f"{len(FAILED)} failed", flush=True)
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:4])))
