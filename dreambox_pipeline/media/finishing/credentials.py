"""Content Credentials (C2PA): sign a finished video, and read what a signed one says.

Signing is the last thing that happens to a file: any copy through FFmpeg afterwards drops the
manifest. What the manifest says is who made the pictures and by which kind of process, what was
done to them and by which software; never whose dream it is.

Source types are IPTC's (https://cv.iptc.org/newscodes/digitalsourcetype/, read 2026-11-22):
`algorithmicMedia` for pictures drawn by rules, `trainedAlgorithmicMedia` for a model's, and
`compositeSynthetic`, a mix with at least one element of generative AI, for a model's clip with
texts over it. `compositeWithTrainedAlgorithmicMedia` is for a recording that was altered by a
model, which never happens here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dreambox_pipeline.errors import ItemError, StopError

ALGORITHMIC_MEDIA = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
COMPOSITE_SYNTHETIC = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"

UNTRUSTED = "signingCredential.untrusted"
"""The signer is on no public trust list; the file is whole all the same."""

_FORMAT = "video/mp4"
_PARENT = "clip"
# A manifest in a stranger's file may point anywhere; nothing is fetched because of it.
_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}


class LibraryMissingError(Exception):
    """The C2PA library cannot be loaded here; nothing was signed or read."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs.

    Attributes:
        chain_pem: The certificate and those that vouch for it, leaf first.
        key_pem: The leaf's private key, PKCS 8.
        algorithm: C2PA's name, for example `ES256`.
        fingerprint: SHA-256 of the leaf certificate, hexadecimal.
    """

    chain_pem: bytes
    key_pem: bytes = field(repr=False)
    algorithm: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Making:
    """How a video came about, as its manifest tells it.

    Attributes:
        digital_source_type: IPTC term of the generator's pictures.
        drawn: Kinds of what was drawn over them, not the words.
        software_version: Ours.
    """

    generator: str
    generator_version: str
    digital_source_type: str
    drawn: tuple[str, ...]
    software_version: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What was signed.

    Attributes:
        manifest_label: The manifest's name inside the file.
        has_parent: The provider's own manifest is kept inside as the parent's.
    """

    manifest_label: str
    has_parent: bool


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a file's active manifest says.

    Attributes:
        state: `Valid` (whole, by an unknown signer), `Trusted` or `Invalid`.
        problems: Codes of the checks that failed, `signingCredential.untrusted` among them.
        actions: Each with `action`, and `digitalSourceType` and `softwareAgent` if it has them.
        parents: Labels of the manifests of what it was made from.
    """

    state: str
    problems: tuple[str, ...]
    label: str
    claim_generator: str
    issuer: str
    actions: tuple[dict[str, Any], ...]
    parents: tuple[str, ...]


def sign_video(video: Path, out: Path, *, key: SigningKey, making: Making, clip: Path) -> Signature:
    """Write *video* with its manifest to *out*.

    Args:
        video: The finished file.
        out: Another file; replaced when it is there.
        key: What signs.
        making: What the manifest says.
        clip: The generator's file; a manifest in it is kept as the parent's.

    Raises:
        ItemError: The library refused the file. *out* is of no use then.
        StopError: It refused the certificate, as it would for every video.
        LibraryMissingError: There is no library.
    """
    c2pa = _library()
    has_parent = _read(c2pa, clip) is not None
    manifest = _manifest(making, has_parent=has_parent)
    try:
        with (
            _context(c2pa) as context,
            _signer(c2pa, key) as signer,
            c2pa.Builder(manifest, context=context) as builder,
        ):
            if has_parent:
                _add_parent(builder, clip)
            with video.open("rb") as source, out.open("w+b") as target:
                builder.sign(signer, _FORMAT, source, target)
    except c2pa.C2paError.Signature as error:
        raise _unfit(f"the C2PA library said: {error}") from error
    except c2pa.C2paError as error:
        raise ItemError(
            f"Signed {video.name} and the C2PA library said: {error}. Run this item again; if it "
            "repeats, set DREAMBOX_CONTENT_CREDENTIALS=false."
        ) from error
    written = _read(c2pa, out)
    problems = [p for p in written.problems if p != UNTRUSTED] if written else ["no manifest"]
    if any(problem.startswith("signingCredential") for problem in problems):
        raise _unfit(f"reading it back found {', '.join(problems)}")
    if written is None or written.state == "Invalid":
        raise ItemError(
            f"Signed {video.name} and read it back: {', '.join(problems)}. Run this item again; "
            "if it repeats, set DREAMBOX_CONTENT_CREDENTIALS=false."
        )
    return Signature(manifest_label=written.label, has_parent=has_parent)


def read_credentials(file: Path) -> Credentials | None:
    """The active manifest of *file*, or None when it has none that can be read.

    Raises:
        LibraryMissingError: There is no library.
    """
    return _read(_library(), file)


def _unfit(said: str) -> StopError:
    return StopError(
        f"Signed a video with DREAMBOX_SIGNING_CERTIFICATE, and {said}. Give a leaf certificate that "
        "is valid today, with the key usage digitalSignature and the extended key usage "
        "emailProtection, or set DREAMBOX_CONTENT_CREDENTIALS=false."
    )


def _library() -> Any:
    try:
        import c2pa
    # A wheel for another system raises OSError while it loads its own library.
    except (ImportError, OSError, RuntimeError) as error:
        raise LibraryMissingError(
            f"The C2PA library cannot be loaded: {error}. Install c2pa-python again (`make install`)."
        ) from error
    return c2pa


def _context(c2pa: Any) -> Any:
    return c2pa.Context(c2pa.Settings.from_dict(_OFFLINE))


def _signer(c2pa: Any, key: SigningKey) -> Any:
    info = c2pa.C2paSignerInfo(
        alg=getattr(c2pa.C2paSigningAlg, key.algorithm),
        sign_cert=key.chain_pem,
        private_key=key.key_pem,
        # No timestamp authority: that would tell a stranger about every video.
        ta_url=None,
    )
    return c2pa.Signer.from_info(info)


def _manifest(making: Making, *, has_parent: bool) -> dict[str, Any]:
    ours = {"name": "DreamBox", "version": making.software_version}
    return {
        "claim_generator_info": [ours],
        "title": "video.mp4",
        "format": _FORMAT,
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "data": {
                    "actions": [_origin(making, has_parent=has_parent), *_edits(making, ours)]
                },
            }
        ],
    }


def _origin(making: Making, *, has_parent: bool) -> dict[str, Any]:
    """How it begins: opened, where the provider's own manifest tells the rest, or created."""
    if has_parent:
        return {"action": "c2pa.opened", "parameters": {"ingredientIds": [_PARENT]}}
    return {
        "action": "c2pa.created",
        "digitalSourceType": making.digital_source_type,
        "softwareAgent": {"name": making.generator, "version": making.generator_version},
    }


def _edits(making: Making, ours: dict[str, str]) -> list[dict[str, Any]]:
    drawn = ", ".join(dict.fromkeys(making.drawn)).replace("_", " ") or "nothing"
    edited: dict[str, Any] = {
        "action": "c2pa.edited",
        "softwareAgent": ours,
        "description": f"AI-generated. Fades and loudness; drawn over it: {drawn}.",
    }
    if making.digital_source_type != ALGORITHMIC_MEDIA:
        edited["digitalSourceType"] = COMPOSITE_SYNTHETIC
    return [edited, {"action": "c2pa.transcoded", "softwareAgent": ours}]


def _add_parent(builder: Any, clip: Path) -> None:
    ingredient = {"title": "clip.mp4", "relationship": "parentOf", "label": _PARENT}
    with clip.open("rb") as file:
        builder.add_ingredient(ingredient, _FORMAT, file)


def _read(c2pa: Any, file: Path) -> Credentials | None:
    try:
        with (
            _context(c2pa) as context,
            file.open("rb") as stream,
            c2pa.Reader(_FORMAT, stream, context=context) as reader,
        ):
            return _credentials(json.loads(reader.json()))
    # No manifest, a broken one, or no MP4: in each case there is nothing that can be relied on.
    except c2pa.C2paError:
        return None


def _credentials(store: dict[str, Any]) -> Credentials:
    label = store["active_manifest"]
    manifest = store["manifests"][label]
    generator = (manifest.get("claim_generator_info") or [{}])[0]
    actions = [
        action
        for assertion in manifest.get("assertions", [])
        if assertion["label"].startswith("c2pa.actions")
        for action in assertion["data"].get("actions", [])
    ]
    return Credentials(
        state=store.get("validation_state", "Invalid"),
        problems=tuple(problem["code"] for problem in store.get("validation_status", [])),
        label=label,
        claim_generator=" ".join(
            str(generator[name]) for name in ("name", "version") if name in generator
        ),
        issuer=manifest.get("signature_info", {}).get("issuer", ""),
        actions=tuple(actions),
        parents=_parents(manifest.get("ingredients", [])),
    )


def _parents(ingredients: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(
        each.get("active_manifest", "")
        for each in ingredients
        if each.get("relationship") == "parentOf"
    )
