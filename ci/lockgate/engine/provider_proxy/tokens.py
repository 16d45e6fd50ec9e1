"""The made-up texts of one plan, and where in a text one of them stands.

Most have a core of 17 hexadecimal digits, the length of an EC2 ID; what cannot (an account's
number, an address) is known by itself. Half of a core is the digest of what it was made for, so
that the same plan sorts alike twice; the other half is keyed with a secret of this run. Nobody can
write a text into a configuration that is taken for one of them: what counts is not how a text
looks, but that it is one of those handed out.

What is looked up in the ordinary pass has no secret in it, for such texts become keys of
``for_each``, and so names in reports. It leads nowhere but to a data source.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

CORE_LENGTH = 17
_DIGEST_LENGTH = 8
_CANDIDATE = re.compile(
    # Every place where a core may begin, not only the first in a run of digits.
    rf"(?=([0-9a-fA-F]{{{CORE_LENGTH}}}))"
    r"|(?<!\d)(\d{12})(?!\d)"
    r"|(?<![\d.])((?:2[45]\d\.)\d{1,3}\.\d{1,3}\.\d{1,3}(?:/\d{1,2}(?!\d)|(?![\d.])))"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/\n]{16,}={0,2}\s*")
_GZIP = b"\x1f\x8b"
_MOST_UNZIPPED = 1 << 22


@dataclass(frozen=True)
class Origin:
    """What a text was made up for: a call of the provider's, and an attribute in its answer."""

    call: str
    attribute: str


@dataclass(frozen=True)
class Occurrence:
    """A made-up text in another text; ``whole`` if the other is nothing but it."""

    origin: Origin
    whole: bool


@dataclass(frozen=True)
class StableText:
    """Data whose made-up texts are those of no run; ``made_up`` has this run's by them."""

    data: bytes
    made_up: Mapping[bytes, bytes] = field(default_factory=dict)

    def as_asked(self, answer: bytes) -> bytes:
        """An answer to this data with the texts of this run."""
        for stable, text in self.made_up.items():
            answer = answer.replace(stable, text)
        return answer

    def stable(self, answer: bytes) -> bytes | None:
        """An answer of this run with the texts of none; None if they are written in another way."""
        for stable, text in self.made_up.items():
            answer = answer.replace(text, stable)
        lowered = answer.lower()
        return None if any(text.lower() in lowered for text in self.made_up.values()) else answer


@dataclass
class TokenTable:
    """The texts that were handed out, by what is looked for."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    _origins: dict[str, Origin] = field(default_factory=dict)
    _whole: dict[str, Origin] = field(default_factory=dict)
    _public: dict[Origin, str] = field(default_factory=dict)

    def core(self, origin: Origin, *, public: bool = False) -> str:
        """The core of a text for this origin; a ``public`` one has no secret in it."""
        if public:
            return public_core(origin)
        seed = f"{origin.call}\n{origin.attribute}".encode()
        rest = hmac.new(self.secret, seed, hashlib.sha256).hexdigest()
        return (hashlib.sha256(seed).hexdigest()[:_DIGEST_LENGTH] + rest)[:CORE_LENGTH]

    def add(self, searched: str, text: str, origin: Origin, *, public: bool = False) -> None:
        """Record that ``text``, which is found by the part ``searched``, is made up."""
        self._origins[searched] = origin
        self._whole[text] = origin
        if public:
            self._public[origin] = searched

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was made up yet."""
        return not self._origins

    def free_for(self, searched: str, call: str) -> bool:
        """Tell whether this part is no other call's yet."""
        origin = self._origins.get(searched)
        return origin is None or origin.call == call

    def find(self, text: str) -> list[Occurrence]:
        """The made-up texts in a text, also where it is encoded in Base64, or zipped in it."""
        whole = self._whole.get(text)
        if whole is not None:
            return [Occurrence(whole, whole=True)]
        origins = dict.fromkeys(self._inside(text))
        if not origins:
            decoded = _decoded(text)
            if decoded is not None:
                origins = dict.fromkeys(self._inside(decoded))
        return [Occurrence(origin, whole=False) for origin in origins]

    def as_ordinary(self, text: str) -> str:
        """A text of the resolved pass with what was looked up as it was in the ordinary one."""
        return self._replaced(text, lambda origin, core: self._public.get(origin, core))

    def published(self, text: str) -> str:
        """A text with what is made up in it as it is told to others in the ordinary pass."""

        def publish(origin: Origin, _found: str) -> str:
            core = public_core(origin)
            self.add(core, core, origin, public=True)
            return core

        return self._replaced(text, publish)

    def canonical(self, data: bytes) -> str:
        """Data to take a digest of: the same in both passes, and with any secret."""
        text = data.decode("latin-1")
        return self._replaced(text, lambda origin, _: f"{origin.call} {origin.attribute}")

    def stable(self, data: bytes) -> StableText:
        """Data with texts of the same length for those that have the secret of this run in them."""
        made_up: dict[bytes, bytes] = {}

        def by(origin: Origin, core: str) -> str:
            text = _stable_text(origin, core)
            if text != core:
                made_up[text.encode("latin-1")] = core.encode("latin-1")
            return text

        return StableText(self._replaced(data.decode("latin-1"), by).encode("latin-1"), made_up)

    def _replaced(self, text: str, by: Callable[[Origin, str], str]) -> str:
        parts, end = [], 0
        for match in _CANDIDATE.finditer(text):
            start, stop = match.span(match.lastindex or 0)
            core = text[start:stop]
            origin = self._origins.get(core.lower())
            if origin is not None and start >= end:
                parts += [text[end:start], by(origin, core)]
                end = stop
        return "".join(parts) + text[end:]

    def _inside(self, text: str) -> list[Origin]:
        cores: list[Origin] = []
        others: list[Origin] = []
        for match in _CANDIDATE.finditer(text):
            candidate = match.group(match.lastindex or 0)
            origin = self._origins.get(candidate.lower())
            if origin is not None:
                (cores if match.group(1) else others).append(origin)
        # The account in an ARN is a part of the ARN.
        calls = {origin.call for origin in cores}
        return [*cores, *(origin for origin in others if origin.call not in calls)]


def _stable_text(origin: Origin, text: str) -> str:
    """What stands for a made-up text in every run; an address stays as it is."""
    seed = f"{origin.call}\n{origin.attribute}".encode()
    digest = hashlib.sha256(b"stable\n" + seed).hexdigest()
    if len(text) == CORE_LENGTH and "." not in text and text in (text.lower(), text.upper()):
        core = (hashlib.sha256(seed).hexdigest()[:_DIGEST_LENGTH] + digest)[:CORE_LENGTH]
        return core if text == text.lower() else core.upper()
    if text.isdigit():
        return f"{int(digest, 16) % 10**12:012}"
    return text


def public_core(origin: Origin) -> str:
    """The core of a text that is looked up, the same in every run."""
    seed = f"public\n{origin.call}\n{origin.attribute}".encode()
    return hashlib.sha256(seed).hexdigest()[:CORE_LENGTH]


def _decoded(text: str) -> str | None:
    if not _BASE64.fullmatch(text):
        return None
    try:
        data = base64.b64decode(text)
    except (binascii.Error, ValueError):
        return None
    if data.startswith(_GZIP):
        try:
            data = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data, _MOST_UNZIPPED)
        except zlib.error:
            return None
    return data.decode("utf-8", "replace")
