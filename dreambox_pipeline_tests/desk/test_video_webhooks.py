"""The video provider's post box: a signed word lets a job be looked at at once, and nothing more."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import openai
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from dreambox_pipeline.desk.standard_webhooks import SigningSecret
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.desk.video_webhooks import MAX_BYTES, PATH, read_event
from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.storage.ledger import Ledger, inbox, jobs
from dreambox_pipeline.storage.tables import generation_jobs, webhook_inbox

KEY = b"a key of some thirty-two bytes.."
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
JOB = "v1_abcdef"


def headers_for(
    raw: bytes, at: datetime, *, key: bytes = KEY, delivery_id: str = "msg_1"
) -> dict[str, str]:
    """As the specification has it, by hand and not by the code under test."""
    moment = str(int(at.timestamp()))
    signed = b".".join((delivery_id.encode(), moment.encode(), raw))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature}",
    }


def body(kind: str = "interaction.completed", job: object = JOB, **more: Any) -> bytes:
    return json.dumps({"type": kind, "version": "v1", "data": {"id": job, **more}}).encode()


@dataclass
class PostBox:
    """Delivers as a provider would, and looks what came of it."""

    studio: Any
    http: httpx.Client

    @property
    def now(self) -> datetime:
        return self.studio.clock.now

    def deliver(self, raw: bytes, *, at: datetime | None = None, **signing: Any) -> int:
        return self.post(raw, headers_for(raw, at or self.now, **signing))

    def post(self, raw: bytes, headers: dict[str, str]) -> int:
        return self.http.post(PATH, content=raw, headers=headers).status_code

    def waits_until(self) -> datetime | None:
        return self._one(sa.select(generation_jobs.c.poll_after))

    def is_due(self) -> bool:
        """What the next production tick would ask about."""
        with self.studio.ledger.read() as connection:
            return bool(jobs.open_jobs(connection, due_at=self.now))

    def kept(self) -> list[Any]:
        with self.studio.ledger.read() as connection:
            return list(connection.execute(sa.select(webhook_inbox)).mappings())

    def put(self, **values: object) -> None:
        """Changes the one job."""
        with self.studio.ledger.write() as connection:
            connection.execute(sa.update(generation_jobs).values(**values))

    def _one(self, statement: Any) -> Any:
        with self.studio.ledger.read() as connection:
            return connection.execute(statement).scalar_one()


@pytest.fixture(scope="module")
def address(one_studio) -> Iterator[str]:
    """A desk that takes a video provider's webhooks."""
    with running_desk(
        ledger=one_studio.ledger,
        media=one_studio.media,
        keyring=one_studio.keyring,
        clock=one_studio.clock,
        video_webhook_secret=SecretStr(SECRET),
    ) as running:
        yield running


@pytest.fixture
def post_box(studio, address) -> Iterator[PostBox]:
    """With one job on its way, which would not be looked at for an hour."""
    studio.video()
    headers = {"Host": "hooks.example.org", "Origin": "https://elsewhere.example"}
    with httpx.Client(base_url=address, trust_env=False, headers=headers) as http:
        box = PostBox(studio, http)
        box.put(
            state="running", provider_job_id=JOB, poll_after=studio.clock.now + timedelta(hours=1)
        )
        yield box


@pytest.mark.parametrize(
    ("kind", "job"),
    [
        ("interaction.completed", JOB),
        ("interaction.completed", f"interactions/{JOB}"),
        ("interaction.failed", JOB),
        ("interaction.cancelled", JOB),
        ("video.generated", JOB),
        ("video.completed", JOB),
        ("video.failed", JOB),
    ],
)
def test_a_word_about_our_job_lets_it_be_looked_at_at_once(post_box, kind, job):
    """Whatever it says: the look tells, so a wrong word does no harm."""
    assert not post_box.is_due()
    assert post_box.deliver(body(kind, job, video_uri="https://files.example/secret")) == 200
    assert post_box.is_due()
    assert post_box.waits_until() == post_box.now


def test_type_and_job_are_kept_and_nothing_else(post_box):
    """No link and no message of the provider's; it is dealt with at once."""
    told = body(error_message="a person's words", video_uri="https://files.example/secret")
    assert post_box.deliver(told) == 200
    (row,) = post_box.kept()
    assert row["payload"] == {"type": "interaction.completed", "provider_job_id": JOB}
    assert (row["state"], row["event_id"]) == (inbox.HANDLED, "video:msg_1")
    with post_box.studio.ledger.read() as connection:
        assert inbox.pending(connection) == []


def test_the_same_delivery_again_has_no_second_effect(post_box):
    """Providers repeat for a day; a second one is another delivery."""
    assert post_box.deliver(body()) == 200
    post_box.put(poll_after=post_box.now + timedelta(hours=1))
    assert post_box.deliver(body(), at=post_box.now + timedelta(minutes=1)) == 200
    assert not post_box.is_due()
    assert len(post_box.kept()) == 1
    assert post_box.deliver(body(), delivery_id="msg_2") == 200
    assert post_box.is_due()
    assert len(post_box.kept()) == 2


def test_an_unknown_job_is_accepted_and_ignored(post_box):
    """The key may make other videos than ours; a 4xx would be repeated for a day."""
    before = post_box.waits_until()
    assert post_box.deliver(body(job="somebody-elses")) == 200
    assert post_box.waits_until() == before
    with post_box.studio.ledger.read() as connection:
        assert inbox.pending(connection) == []


@pytest.mark.parametrize("state", ["planned", "accepted", "failed"])
def test_a_job_that_waits_for_no_answer_stays_as_it_is(post_box, state):
    """Nobody asks the provider about it."""
    post_box.put(state=state)
    before = post_box.waits_until()
    assert post_box.deliver(body()) == 200
    assert post_box.waits_until() == before


@pytest.mark.parametrize(
    "raw",
    [
        body("batch.succeeded"),
        body("a.brand.new.event"),
        body(job=None),
        body(job=7),
        body(job=""),
        body(job="x" * 300),
        b'{"type": "video.completed"}',
        b'{"type": "video.completed", "data": []}',
    ],
)
def test_other_events_are_accepted_and_ignored(post_box, raw):
    """They are signed, so they are the provider's, and not for us."""
    assert post_box.deliver(raw) == 200
    assert post_box.kept() == []
    assert not post_box.is_due()


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"null", b"[1]", b"\xff\xfe", b"[" * 5000, b'{"type": 1}']
)
def test_what_is_no_event_is_refused_although_it_is_signed(post_box, raw):
    """400: the provider should not have sent it."""
    assert post_box.deliver(raw) == 400


def test_a_wrong_signature_is_refused_and_logged_without_the_body(post_box, capsys):
    """Another key, another body, another id, no header: 401, and nothing happens."""
    raw = body()
    good = headers_for(raw, post_box.now)
    assert post_box.deliver(raw, key=b"another") == 401
    assert post_box.post(raw + b" ", good) == 401
    for name in good:
        assert post_box.post(raw, {**good, name: ""}) == 401
        assert post_box.post(raw, {key: good[key] for key in good if key != name}) == 401
    assert post_box.post(raw, {**good, "webhook-id": "msg_9"}) == 401
    unsigned = good["webhook-signature"].replace("v1,", "v1a,")
    assert post_box.post(raw, {**good, "webhook-signature": unsigned}) == 401
    assert not post_box.is_due()
    assert post_box.kept() == []
    out = capsys.readouterr()
    assert JOB not in out.out + out.err


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24])
def test_an_old_delivery_is_refused(post_box, minutes):
    """Who records one cannot play it again later, nor sign one for later."""
    assert post_box.deliver(body(), at=post_box.now + timedelta(minutes=minutes)) == 401
    assert not post_box.is_due()


def test_one_of_several_signatures_is_enough(post_box):
    """While a secret is exchanged, a provider signs with the old one and the new one."""
    raw = body()
    good = headers_for(raw, post_box.now)
    other = headers_for(raw, post_box.now, key=b"the old key")["webhook-signature"]
    both = f"{other} v9,abc {good['webhook-signature']}"
    assert post_box.post(raw, {**good, "webhook-signature": both}) == 200


def test_a_body_that_is_too_large_is_refused_unread(post_box):
    """These events are thin."""
    assert post_box.deliver(body(pad="x" * MAX_BYTES)) == 413


def test_without_a_secret_none_are_taken(desk, studio):
    """Nothing to check a signature with."""
    raw = body()
    answered = desk.post(PATH, content=raw, headers=headers_for(raw, studio.clock.now))
    assert answered.status_code == 404


def test_the_door_is_exactly_one_route_wide(post_box):
    """Neighbours of the address keep the desk's guards."""
    assert post_box.http.get(PATH).status_code == 405
    for path in (f"{PATH}/", f"{PATH}/x", "/webhooks/", "/reviewer"):
        assert post_box.http.post(path).status_code == 403


def test_a_ledger_that_cannot_be_written_asks_for_another_delivery(
    post_box, monkeypatch: pytest.MonkeyPatch
):
    """The provider repeats everything but 200."""

    def full(*_: object, **__: object) -> None:
        raise ItemError("the disk is full")

    monkeypatch.setattr(Ledger, "write", full)
    assert post_box.deliver(body()) == 503


def test_the_openai_package_agrees_about_signatures():
    """An independent reading of the same specification, with this machine's clock."""
    now = datetime.now(UTC)
    raw = body()
    headers = headers_for(raw, now)
    client = openai.OpenAI(api_key="k", webhook_secret=SECRET)
    secret = SigningSecret(SecretStr(SECRET))
    client.webhooks.verify_signature(raw, headers)
    assert secret.verified_id(raw, headers, now=now) == "msg_1"
    with pytest.raises(openai.InvalidWebhookSignatureError):
        client.webhooks.verify_signature(raw + b" ", headers)
    assert secret.verified_id(raw + b" ", headers, now=now) is None


@pytest.mark.parametrize("text", ["whsec_", "whsec_%%%", "not base64!"])
def test_a_secret_that_is_none_stops_the_desk_before_it_opens(text: str):
    """By the name of its setting, and without its value."""
    with pytest.raises(StopError, match="DREAMBOX_VIDEO_WEBHOOK_SECRET") as caught:
        SigningSecret(SecretStr(text))
    assert text.removeprefix("whsec_") not in str(caught.value) or text == "whsec_"


def test_an_id_is_the_last_part_of_a_resource_name():
    """Google names resources by their kind."""
    event = read_event(body(job=f"interactions/{JOB}"))
    assert event is not None
    assert event.provider_job_id == JOB
