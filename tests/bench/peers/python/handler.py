"""The product's create, list, get and sign-in, as they are usually written for Python: each request is checked by its token and counted, and a
memory is one item. It does less than the functions do: no encryption, no versions, no counters of lists, no notes for the index, no audit log."""

import datetime
import hashlib
import json
import os
import secrets
import time
import uuid

import boto3
import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from runtime import serve

TABLE = os.environ["TABLE_NAME"]
WINDOW_SECONDS = 900
client = boto3.client("dynamodb")
signing = json.loads(os.environ["SIGNING_KEYS"])["keys"][0]
published = jwt.PyJWK(json.loads(os.environ["PUBLIC_KEYS"])["keys"][0])
hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class Refusal(Exception):
    """What is answered instead."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def caller(event):
    token = (event["headers"].get("Authorization") or "").removeprefix("Bearer ")
    try:
        claims = jwt.decode(token, published, algorithms=["RS256"])
    except jwt.InvalidTokenError as error:
        raise Refusal(401) from error
    now = int(time.time())
    counted = client.update_item(
        TableName=TABLE,
        Key={"pk": {"S": f"RATE#{claims['sub']}"}, "sk": {"S": str(now // WINDOW_SECONDS)}},
        UpdateExpression="ADD requests :one SET #ttl = :ttl",
        ExpressionAttributeNames={"#ttl": "ttl"},
        ExpressionAttributeValues={":one": {"N": "1"}, ":ttl": {"N": str(now + 2 * WINDOW_SECONDS)}},
        ReturnValues="UPDATED_NEW",
    )
    if int(counted["Attributes"]["requests"]["N"]) > 1_000_000:
        raise Refusal(429)
    return claims["sub"]


def shown(item):
    return {"id": item["sk"]["S"][7:], **json.loads(item["memory"]["S"])}


def create(event):
    owner = caller(event)
    body = json.loads(event["body"])
    if not isinstance(body.get("title"), str) or len(body["title"]) > 200:
        raise Refusal(400)
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    memory = {"title": body["title"], "content": body["content"], "tags": body.get("tags", []), "createdAt": now, "updatedAt": now}
    item = {"pk": {"S": f"USER#{owner}"}, "sk": {"S": f"MEMORY#{now}#{uuid.uuid4()}"}, "memory": {"S": json.dumps(memory)}}
    client.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(pk)")
    return 201, {"memory": shown(item)}


def list_(event):
    owner = caller(event)
    found = client.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :memory)",
        ExpressionAttributeValues={":pk": {"S": f"USER#{owner}"}, ":memory": {"S": "MEMORY#"}},
        ScanIndexForward=False,
        Limit=int((event["queryStringParameters"] or {}).get("limit", 20)),
    )
    return 200, {"memories": [shown(item) for item in found["Items"]]}


def get(event):
    owner = caller(event)
    key = {"pk": {"S": f"USER#{owner}"}, "sk": {"S": f"MEMORY#{event['path'].removeprefix('/memories/')}"}}
    found = client.get_item(TableName=TABLE, Key=key)
    if "Item" not in found:
        raise Refusal(404)
    return 200, {"memory": shown(found["Item"])}


def register(event):
    body = json.loads(event["body"])
    account = {"id": {"S": str(uuid.uuid4())}, "hash": {"S": hasher.hash(body["password"])}}
    client.put_item(TableName=TABLE, Item={"pk": {"S": f"EMAIL#{body['email']}"}, "sk": {"S": "ACCOUNT"}, **account})
    return 201, {}


def login(event):
    body = json.loads(event["body"])
    found = client.get_item(TableName=TABLE, Key={"pk": {"S": f"EMAIL#{body['email']}"}, "sk": {"S": "ACCOUNT"}})
    if "Item" not in found:
        raise Refusal(401)
    account = found["Item"]
    try:
        hasher.verify(account["hash"]["S"], body["password"])
    except VerifyMismatchError as error:
        raise Refusal(401) from error
    session, refresh = str(uuid.uuid4()), secrets.token_urlsafe(32)
    hashed = hashlib.sha256(refresh.encode()).hexdigest()
    client.put_item(
        TableName=TABLE,
        Item={"pk": {"S": f"USER#{account['id']['S']}"}, "sk": {"S": f"SESSION#{session}"}, "refresh": {"S": hashed}},
    )
    now = int(time.time())
    claims = {"sub": account["id"]["S"], "email": body["email"], "sid": session, "iat": now, "exp": now + WINDOW_SECONDS}
    token = jwt.encode(claims, signing["privateKeyPem"], algorithm="RS256", headers={"kid": signing["kid"]})
    return 200, {"accessToken": token, "refreshToken": refresh}


def one(_event):
    client.get_item(TableName=TABLE, Key={"pk": {"S": "nobody"}, "sk": {"S": "nothing"}})
    return 200, {}


OPERATIONS = {
    ("POST", "/memories"): create,
    ("GET", "/memories"): list_,
    ("POST", "/auth/register"): register,
    ("POST", "/auth/login"): login,
    ("GET", "/one"): one,
}


def handle(event):
    route = event["httpMethod"], event["path"]
    operation = OPERATIONS.get(route) or (get if route[0] == "GET" and route[1].startswith("/memories/") else None)
    try:
        if operation is None:
            raise Refusal(404)
        status, body = operation(event)
    except Refusal as refusal:
        return {"statusCode": refusal.status, "body": json.dumps({"error": refusal.status})}
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


serve(handle)
