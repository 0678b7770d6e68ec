"""The key and the certificate that sign videos: the operator's own, or a pair made once.

C2PA wants a leaf that another certificate vouches for, so a small authority of our own is made
with it; the authority's key is thrown away at once, because nothing else may ever be signed by
it. The pair lies in one file that only its owner may read and never reaches a log.
"""

import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.finishing.credentials import SigningKey

# Nobody outside trusts our own authority, so nothing is gained by renewing it often.
_VALID_FOR = timedelta(days=3650)
# Clocks differ, and a simulated one may lie in the past: a certificate "not yet valid" signs nothing.
_BACKDATED = timedelta(days=730)
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


def load_signing_key(*, certificate: str, key: str, own_file: Path, now: datetime) -> SigningKey:
    """The key that signs videos.

    Args:
        certificate: Path of the operator's PEM chain, leaf first; empty for our own.
        key: Path of its private key, PKCS 8 in PEM.
        own_file: Where our own pair lies, or is made.
        now: To see whether a certificate is over.

    Raises:
        StopError: A file is missing, unreadable, readable by others, expired, or the two do not
            belong together. The message says which file and what to do.
    """
    if certificate or key:
        if not (certificate and key):
            absent = "DREAMBOX_SIGNING_KEY" if certificate else "DREAMBOX_SIGNING_CERTIFICATE"
            raise StopError(
                f"A video is signed by a certificate and its key, and {absent} is empty. Set both, "
                "or neither to use a pair made here."
            )
        chain, private = Path(certificate), Path(key)
        return _signing_key(_read(chain), _read(private), chain, private, now=now)
    _make_own(own_file, now=now)
    if own_file.stat().st_mode & 0o077:
        raise StopError(f"{own_file} may be read by others. Run `chmod 600 {own_file}`.")
    pem = _read(own_file)
    try:
        return _signing_key(pem, pem, own_file, own_file, now=now)
    except StopError as error:
        raise StopError(f"{error} Or remove {own_file}: a new pair is made.") from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise StopError(
            f"Read {file}, which signs videos, and got {error.strerror}. Correct "
            "DREAMBOX_SIGNING_CERTIFICATE and DREAMBOX_SIGNING_KEY, or make the file readable."
        ) from error


def _signing_key(
    chain_pem: bytes, key_pem: bytes, chain_file: Path, key_file: Path, *, now: datetime
) -> SigningKey:
    try:
        chain = x509.load_pem_x509_certificates(chain_pem)
    except ValueError as error:
        raise StopError(
            f"{chain_file} holds no certificate in PEM. Give it the chain, leaf first."
        ) from error
    try:
        private = serialization.load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError) as error:
        raise StopError(
            f"{key_file} holds no private key that can be read (PKCS 8 in PEM, without a password)."
        ) from error
    leaf = chain[0]
    public = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if leaf.public_key().public_bytes(*public) != private.public_key().public_bytes(*public):
        raise StopError(
            f"The key in {key_file} is not that of the first certificate in {chain_file}. "
            "Give the pair that belongs together, the leaf's certificate first."
        )
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        raise StopError(
            f"The certificate in {chain_file} is valid from {leaf.not_valid_before_utc:%Y-%m-%d} "
            f"to {leaf.not_valid_after_utc:%Y-%m-%d}, and today is {now:%Y-%m-%d}. Renew it."
        )
    return SigningKey(
        chain_pem=b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain),
        key_pem=private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        algorithm=_algorithm(private, key_file),
        fingerprint=leaf.fingerprint(hashes.SHA256()).hex(),
    )


def _algorithm(private: object, key_file: Path) -> str:
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in _CURVES:
        return _CURVES[private.curve.name]
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ED25519"
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size >= 2048:
        return "PS256"
    raise StopError(
        f"The key in {key_file} is of a kind that C2PA does not take. Use ECDSA on P-256, P-384 or "
        "P-521, Ed25519, or RSA from 2048 bits."
    )


def _make_own(file: Path, *, now: datetime) -> None:
    if file.exists():
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp makes it readable by its owner only, and never meets a crashed process's draft.
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(_new_pair(now))
                opened.flush()
                os.fsync(opened.fileno())
            # link() fails when another process was first, so both use the same pair.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise StopError(
            f"Made the pair that signs videos, {file}, and got {error}. Make its folder writable, "
            "set DREAMBOX_SIGNING_CERTIFICATE and DREAMBOX_SIGNING_KEY, or set "
            "DREAMBOX_CONTENT_CREDENTIALS=false."
        ) from error


def _new_pair(now: datetime) -> bytes:
    """A leaf, the authority that vouches for it, and the leaf's key, in PEM."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    own_id = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = (
        _unsigned("DreamBox local authority", "DreamBox local authority", authority_key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(own_id, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own_id)
    leaf_id = x509.SubjectKeyIdentifier.from_public_key(leaf_key.public_key())
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    leaf = (
        _unsigned("DreamBox video signer", "DreamBox local authority", leaf_key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(purpose, critical=False)
        .add_extension(leaf_id, critical=False)
        .add_extension(issued_by, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    return b"".join(
        (
            leaf.public_bytes(serialization.Encoding.PEM),
            authority.public_bytes(serialization.Encoding.PEM),
            leaf_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )
    )


def _unsigned(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + _VALID_FOR)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            # C2PA's readers show the organization as the issuer, and refuse a leaf without one.
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DreamBox, self-signed"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
