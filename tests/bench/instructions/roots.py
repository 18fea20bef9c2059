"""A chain of certificates like that of an AWS endpoint, and functions that trust it.

Functions trust the roots that are in them and no others, and no variable changes that. So a copy of the function is made in which the bytes of one of
these roots are those of ours: a certificate of the same kind, padded to the same length. The code is what ships.
"""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

AMAZON_ROOTS = Path(__file__).resolve().parents[3] / "shared/runtime/src/amazon-roots.pem"
END = b"-----END CERTIFICATE-----\n"


class Chain:
    """A root, an authority below it and the certificate of `localhost`, each with an RSA key of 2048 bits, as AWS has them."""

    def __init__(self, folder: Path) -> None:
        root_key, issuing_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3))
        self._root = _certificate("Root", root_key, "Root", root_key, authority=True)
        issuing = _certificate("Issuing", issuing_key, "Root", root_key, authority=True)
        leaf = _certificate("localhost", key, "Issuing", issuing_key, authority=False)
        self._served = folder / "served.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._served.write_bytes(private + _pem(leaf) + _pem(issuing))

    def server(self) -> ssl.SSLContext:
        """What a server shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._served)
        return context

    def trusted_by(self, binary: bytes) -> bytes:
        """The function with our root in the place of the first of Amazon's."""
        roots = AMAZON_ROOTS.read_bytes()
        first = roots[: roots.index(END) + len(END)]
        ours = _pem(self._root)
        if binary.count(roots) != 1:
            raise ValueError("the function does not have Amazon's roots once")
        if len(ours) > len(first):
            raise ValueError("our root is too long")
        return binary.replace(roots, ours.ljust(len(first), b"\n") + roots[len(first) :])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _certificate(
    subject: str, key: rsa.RSAPrivateKey, issuer: str, issuer_key: rsa.RSAPrivateKey, *, authority: bool
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.timezone.utc)
    name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])  # noqa: E731
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
