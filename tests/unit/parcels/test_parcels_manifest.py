"""What a parcel holds is kept in one spelling, so that its hash proves it."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.errors import ContentDamaged
from mailguard.model.protection import Item, Manifest, Mode
from mailguard.parcels.manifest import canonical, manifest_json, manifest_of
from tests.unit.parcels.evidence_samples import MANIFEST

WORDS = st.text(max_size=20)
ITEMS = st.builds(
    Item, name=WORDS, size=st.integers(0), sha256=WORDS,
    findings=st.lists(st.tuples(WORDS, st.integers(0)), max_size=3).map(tuple),
)  # fmt: skip
MANIFESTS = st.builds(
    Manifest, mode=st.sampled_from(Mode), method=st.dictionaries(WORDS, WORDS, max_size=3), outer_name=WORDS,
    size=st.integers(0), sha256=WORDS, items=st.lists(ITEMS, max_size=3).map(tuple), is_names_hidden=st.booleans(),
)  # fmt: skip


@given(MANIFESTS)
def test_manifest_read_again_is_the_same(manifest: Manifest) -> None:
    """Whatever names files have, what is read back is what was written, and has the same hash."""
    octets = manifest_json(manifest)

    assert manifest == manifest_of(octets)
    assert octets == manifest_json(manifest_of(octets))


def test_manifest_in_its_written_form_does_not_change() -> None:
    """Hashes in the audit record of earlier years still fit: this spelling is for ever."""
    manifest = Manifest(Mode.PDF, {"b": "2", "a": "1"}, "書類.pdf", 3, "00", (Item("名.pdf", 1, "ff", (("k", 2),)),))

    assert (
        '{"format":"mailguard-parcel-manifest-1","is_names_hidden":false,'
        '"items":[{"findings":[{"count":2,"kind":"k"}],"name":"名.pdf","sha256":"ff","size":1}],'
        '"method":{"a":"1","b":"2"},"mode":"pdf","outer_name":"書類.pdf","sha256":"00","size":3}'
    ).encode() == manifest_json(manifest)


def test_manifest_of_parameters_in_another_order_has_the_same_hash() -> None:
    """The order in which a program names parameters proves nothing."""
    turned = replace(MANIFEST, method=dict(reversed(MANIFEST.method.items())))

    assert sha256(manifest_json(MANIFEST)).digest() == sha256(manifest_json(turned)).digest()


@pytest.mark.parametrize("name", ["\ud800.txt", "\ude00\ud83d", chr(0xD83D) + chr(0xDE00)])
def test_manifest_with_half_a_letter_keeps_its_hash(name: str) -> None:
    """A broken file name does not make the proof fail."""
    octets = manifest_json(replace(MANIFEST, outer_name=name))

    assert octets == manifest_json(manifest_of(octets))


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(manifest_json(MANIFEST)[:-1], id="cut"),
        pytest.param(manifest_json(MANIFEST) + b"\n", id="longer"),
        pytest.param(json.dumps(json.loads(manifest_json(MANIFEST))).encode(), id="another spelling"),
        pytest.param(manifest_json(MANIFEST).replace(b'"zip"', b'"rar"'), id="another mode"),
        pytest.param(manifest_json(MANIFEST).replace(b"manifest-1", b"manifest-2"), id="a later format"),
        pytest.param(manifest_json(MANIFEST).replace(b"1234567", b'"1234567"'), id="a number as text"),
        pytest.param(manifest_json(MANIFEST).replace(b"1234567", b"true"), id="a number as truth"),
        pytest.param(manifest_json(MANIFEST).replace(b'"mode"', b'"more":1,"mode"'), id="one key more"),
    ],
)
def test_manifest_of_other_octets_is_damaged(octets: bytes) -> None:
    """Nothing that was changed is taken for what was kept, and the error shows no name."""
    with pytest.raises(ContentDamaged) as raised:
        manifest_of(octets)

    assert "名簿" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_canonical_refuses_what_is_no_json() -> None:
    """A number that no other program reads is a fault here."""
    with pytest.raises(ValueError):
        canonical({"size": float("nan")})
