"""Encrypts and authenticates the bytes of a bundle.

A box is MAGIC, the format version (one byte), a salt (16), a nonce (12), and the ciphertext of
AES-256-GCM with its tag. What stands before the ciphertext is authenticated with it.
"""

from __future__ import annotations

import os
from pathlib import Path

from lockgate.base.errors import PolicyError
from lockgate.sealing.sealing_key import derive_key

MAGIC = b"LOCKGATE-PLAN\n"
FORMAT_VERSION = 1
_SALT_BYTES = 16
_NONCE_BYTES = 12  # NIST SP 800-38D, 5.2.1.1
_TAG_BYTES = 16
_HEADER_BYTES = len(MAGIC) + 1 + _SALT_BYTES + _NONCE_BYTES


def close_box(content: bytes, secret: str) -> bytes:
    """The content, encrypted under a key of its own derived from the secret."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    header = MAGIC + bytes([FORMAT_VERSION]) + salt + nonce
    return header + AESGCM(derive_key(secret, salt)).encrypt(nonce, content, header)


def open_box(box: bytes, secret: str) -> bytes:
    """The content of a box.

    Raises PolicyError if it is no box, of an unknown format, altered, or of another key.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not box.startswith(MAGIC):
        raise PolicyError(
            "This is no sealed plan. `lockgate plan ENV --bundle FILE` writes one; give that file."
        )
    if len(box) < _HEADER_BYTES + _TAG_BYTES:
        raise PolicyError("The sealed plan is cut short. Fetch it again, or plan again.")
    version = box[len(MAGIC)]
    if version != FORMAT_VERSION:
        raise PolicyError(
            f"The sealed plan has format version {version}, this Lockgate reads version "
            f"{FORMAT_VERSION}. Plan again with the Lockgate that applies."
        )
    header, ciphertext = box[:_HEADER_BYTES], box[_HEADER_BYTES:]
    salt = header[len(MAGIC) + 1 :][:_SALT_BYTES]
    try:
        cipher = AESGCM(derive_key(secret, salt))
        return cipher.decrypt(header[-_NONCE_BYTES:], ciphertext, header)
    except InvalidTag as error:
        raise PolicyError(
            "The sealed plan was altered, or sealed with another key. Look whether "
            "LOCKGATE_SEAL_KEY is the same where it is planned and applied; then plan again."
        ) from error


def write_box(path: Path, box: bytes) -> None:
    """Write a box so that there is all of it or nothing, readable by its owner alone.

    Raises OSError if the directory cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(box)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
