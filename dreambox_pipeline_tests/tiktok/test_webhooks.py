"""Is it from TikTok, and what does it say?"""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from dreambox_pipeline.tiktok.errors import GarbledAnswer, InvalidSignature
from dreambox_pipeline.tiktok.webhooks import (
    CommentUpdate,
    PublishUpdate,
    parse_event,
    verify_signature,
    visibility,
)

SENT_AT = 1763794929
NOW = datetime.fromtimestamp(SENT_AT, tz=UTC)
BODY = (
    rb'{"client_key":"sandbox_app","event":"comment.update","create_time":1763794929,'
    rb'"user_openid":"open_id_1","content":"{\"comment_id\":7247303576418566913,'
    rb"\"video_id\":7203946942097902849,\"comment_type\":\"comment\","
    rb"\"comment_action\":\"insert\",\"timestamp\":1763794929000,"
    rb'\"unique_identifier\":\"uid+1\",\"text\":\"hi\"}"}'
)
SIGNATURE = "eb73fbd01c1a44a987c75c7ba2a177188cf3fa0e18d99e2f08119b353011f819"
HEADER = f"t={SENT_AT},s={SIGNATURE}"


def test_the_known_vector_verifies():
    """Computed independently of this code."""
    verify_signature(BODY, HEADER, secret="sandbox_secret", now=NOW)
    verify_signature(
        BODY, f" s={SIGNATURE} , t={SENT_AT}", secret=SecretStr("sandbox_secret"), now=NOW
    )


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=,s=",
        "s=" + SIGNATURE,
        f"t={SENT_AT}",
        f"t={SENT_AT},s={SIGNATURE[:-1]}0",
        f"t={SENT_AT},s={SIGNATURE.upper()}",
        f"t={SENT_AT},s=é",
        f"t=²,s={SIGNATURE}",
        f"t={'9' * 4000},s={SIGNATURE}",
        f"t={SENT_AT + 1},s={SIGNATURE}",
        "=,=,=",
    ],
)
def test_any_other_header_is_refused(header):
    """Wrong, missing, huge or from another alphabet."""
    with pytest.raises(InvalidSignature):
        verify_signature(BODY, header, secret="sandbox_secret", now=NOW)


@given(position=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
@settings(max_examples=60)
def test_any_changed_byte_is_refused(position, flip):
    """The signature covers the raw body."""
    changed = bytearray(BODY)
    changed[position] ^= flip
    with pytest.raises(InvalidSignature):
        verify_signature(bytes(changed), HEADER, secret="sandbox_secret", now=NOW)


def test_an_old_or_future_signature_is_refused():
    """A recorded delivery cannot be played back later."""
    for seconds, fine in [(300, True), (-300, True), (301, False), (-301, False)]:
        now = NOW + timedelta(seconds=seconds)
        if fine:
            verify_signature(BODY, HEADER, secret="sandbox_secret", now=now)
        else:
            with pytest.raises(InvalidSignature, match="from now"):
                verify_signature(BODY, HEADER, secret="sandbox_secret", now=now)


def test_another_apps_secret_is_refused():
    """The key is ours alone."""
    with pytest.raises(InvalidSignature):
        verify_signature(BODY, HEADER, secret="other", now=NOW)


def test_comment_ids_are_exact_text():
    """They travel as JSON numbers of 19 digits inside a JSON string."""
    event = parse_event(BODY)
    assert event.event == "comment.update"
    assert isinstance(event.content, CommentUpdate)
    assert event.content.comment_id == "7247303576418566913"
    assert event.content.video_id == "7203946942097902849"
    assert event.content.timestamp == NOW
    assert event.content.parent_comment_id is None


def packed(event: str, content: object) -> bytes:
    """A delivery as TikTok packs it."""
    return json.dumps({"client_key": "a", "event": event, "content": json.dumps(content)}).encode()


def test_a_parent_of_zero_is_no_parent():
    """A recorded delivery had 0 for top-level comments."""
    content = {"comment_id": 1, "video_id": 2, "comment_action": "delete", "parent_comment_id": 0}
    assert parse_event(packed("comment.update", content)).content.parent_comment_id is None
    content["parent_comment_id"] = 7247303576418566913
    reply = parse_event(packed("comment.update", content)).content
    assert reply.parent_comment_id == "7247303576418566913"


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("insert", "shown"),
        ("set_to_public", "shown"),
        ("delete", "withdrawn"),
        ("set_to_hidden", "withdrawn"),
        ("set_to_friends_only", "withdrawn"),
        ("something_new", "withdrawn"),
    ],
)
def test_all_but_insert_and_public_withdraw(action, expected):
    """A word we do not know must not keep a person's dream in use."""
    update = CommentUpdate(comment_id="1", video_id="2", comment_action=action)
    assert visibility(update) == expected


def test_publish_events_carry_their_ids():
    """The post id comes with the last one only."""
    event = parse_event(
        packed(
            "post.publish.publicly_available", {"publish_id": "v~1", "post_id": 7572112876543210987}
        )
    )
    assert isinstance(event.content, PublishUpdate)
    assert event.content.post_id == "7572112876543210987"


def test_an_unknown_event_is_kept_as_it_came():
    """New events must not break the receiver."""
    assert parse_event(packed("authorization.removed", {"reason": 1})).content == {"reason": 1}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"[]",
        b"[" * 200_000,
        b"\xff",
        b'{"event":"comment.update"}',
        b'{"event":"comment.update","content":"{"}',
        b'{"client_key":"a","event":"comment.update","content":"{}"}',
        b'{"client_key":"a","event":"x","content":3}',
        packed("comment.update", {"comment_id": 1.5, "video_id": 2, "comment_action": "insert"}),
        b" " * 300_000,
    ],
)
def test_what_cannot_be_read_is_a_named_error(raw):
    """Never a crash, and never a quote of what somebody wrote."""
    with pytest.raises(GarbledAnswer):
        parse_event(raw)


@given(raw=st.binary(max_size=200))
@settings(max_examples=100)
def test_a_signed_body_of_any_bytes_verifies(raw):
    """Bytes are signed, not JSON."""
    mac = hmac.new(b"k", b"1763794929." + raw, hashlib.sha256).hexdigest()
    verify_signature(raw, f"t=1763794929,s={mac}", secret="k", now=NOW)
