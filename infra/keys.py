"""The keys that sign access tokens: created once, rotated without signing anybody out. Prints ids, never keys.

    python3 infra/keys.py ensure --stack memory-app      creates the first key if there is none
    python3 infra/keys.py rotate --stack memory-app      adds a new key, keeps the previous one for tokens still in use
    … --outputs .local/outputs.json                      the same on the local cloud

Runs in the virtual environment (boto3, cryptography) with whatever AWS settings the environment has. Two secrets hold
the keys: private ones, which only the auth function may read, and the JWKS, which every function verifies with.
"""

from __future__ import annotations

import argparse
import base64
import json
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import boto3
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from deployed import add_stack, outputs_of


@dataclass(frozen=True)
class Secret:
    """A JSON document in Secrets Manager."""

    client: Any
    arn: str

    def read(self) -> dict[str, Any] | None:
        """The document, or nothing while the secret is as empty as the template creates it."""
        try:
            value = self.client.get_secret_value(SecretId=self.arn)["SecretString"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        return json.loads(value) if value else None

    def write(self, document: dict[str, Any]) -> None:
        self.client.put_secret_value(SecretId=self.arn, SecretString=json.dumps(document))


def new_key() -> dict[str, str]:
    """A fresh RSA key as the signing secret holds it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    created = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"kid": str(uuid.uuid4()), "privateKeyPem": pem.decode(), "createdAt": created}


def public_half(key: dict[str, str]) -> dict[str, str]:
    """The JWK (RFC 7517) that verifies what `key` signs."""
    private = serialization.load_pem_private_key(key["privateKeyPem"].encode(), password=None)
    numbers = private.public_key().public_numbers()
    return {
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": key["kid"],
        "n": base64url(numbers.n), "e": base64url(numbers.e),
    }


def base64url(number: int) -> str:
    """An unsigned big-endian integer in base64url without padding (RFC 7518, section 2)."""
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def publish(public: Secret, keys: list[dict[str, str]]) -> None:
    public.write({"keys": [public_half(key) for key in keys]})


def published(public: Secret) -> set[str]:
    """The ids of the keys that functions check tokens with."""
    return {key["kid"] for key in (public.read() or {"keys": []})["keys"]}


def ensure(signing: Secret, public: Secret, _wait_seconds: int) -> None:
    """Creates the first key; if there is one, makes sure that its public half is published."""
    current = signing.read()
    if current is None:
        key = new_key()
        publish(public, [key])
        signing.write({"active": key["kid"], "keys": [key]})
        print(f"created key {key['kid']}")
    elif current["active"] not in published(public):
        publish(public, current["keys"])
        print("published the existing keys")
    else:
        print(f"key {current['active']} is active")


def rotate(signing: Secret, public: Secret, wait_seconds: int) -> None:
    """Publishes a new public key, waits until every function has seen it, then signs with the new private key."""
    current = signing.read()
    if current is None:
        raise SystemExit("There is no key to rotate yet: run `ensure` first.")
    key = new_key()
    # Of the older keys only the active one goes on verifying: tokens live for 15 minutes, so those of others are dead.
    previous = [known for known in current["keys"] if known["kid"] == current["active"]]
    publish(public, [key, *previous])
    print(f"key {key['kid']} is published, and signs in {wait_seconds} s", flush=True)
    time.sleep(wait_seconds)
    signing.write({"active": key["kid"], "keys": [key, *previous]})
    print(f"key {key['kid']} is active; {current['active']} still verifies")


def secrets(options: argparse.Namespace) -> tuple[Secret, Secret]:
    """The two secrets: those named on the command line, of the local cloud, or of the stack."""
    if options.signing_secret and options.public_secret:
        signing, public = options.signing_secret, options.public_secret
    else:
        outputs = outputs_of(options)
        signing, public = outputs["JwtSigningKeySecretArn"], outputs["JwtPublicKeysSecretArn"]
    client = boto3.client("secretsmanager")
    return Secret(client, signing), Secret(client, public)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=("ensure", "rotate"))
    add_stack(parser, default="memory-app")
    parser.add_argument("--signing-secret", help="id of the private keys' secret, instead of --stack")
    parser.add_argument("--public-secret", help="id of the JWKS secret, instead of --stack")
    parser.add_argument(
        "--wait-seconds", type=int, default=330,
        help="how long functions may still hold the old JWKS in their caches (%(default)s)",
    )
    options = parser.parse_args()
    {"ensure": ensure, "rotate": rotate}[options.command](*secrets(options), options.wait_seconds)


if __name__ == "__main__":
    main()
