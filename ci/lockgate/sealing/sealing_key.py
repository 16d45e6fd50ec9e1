"""The key that sealed plans are encrypted with: LOCKGATE_SEAL_KEY."""

from __future__ import annotations

from collections.abc import Mapping

from lockgate.base.errors import UsageError

VARIABLE = "LOCKGATE_SEAL_KEY"
# `secrets.token_urlsafe(32)` is 43 characters for 32 bytes; less can be guessed.
MINIMUM_CHARACTERS = 43
_HOW = 'Make one with `python -c "import secrets; print(secrets.token_urlsafe(32))"`'
_INFORMATION = b"lockgate sealed plan"


def read_sealing_key(environment: Mapping[str, str]) -> str:
    """The secret in LOCKGATE_SEAL_KEY.

    Raises UsageError if there is none, or if it is too short or no plain text.
    """
    secret = environment.get(VARIABLE, "").strip()
    if not secret:
        raise UsageError(f"{VARIABLE} is not set. {_HOW} and keep it as a secret of the CI host.")
    if not secret.isascii():
        raise UsageError(f"{VARIABLE} holds characters that are not plain ASCII. {_HOW}.")
    if len(secret) < MINIMUM_CHARACTERS:
        raise UsageError(
            f"{VARIABLE} has {len(secret)} characters, at least {MINIMUM_CHARACTERS} are needed. "
            f"{_HOW}."
        )
    return secret


def derive_key(secret: str, salt: bytes) -> bytes:
    """A key of 32 bytes for one bundle, by HKDF (RFC 5869) with SHA-256.

    The secret is random, not a password, so that no slow function is needed.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=_INFORMATION)
    return derivation.derive(secret.encode())
