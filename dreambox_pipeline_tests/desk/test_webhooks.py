"""TikTok's post box: only what our app's secret signed lately is kept, once, and nothing anybody wrote."""

import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from dreambox_pipeline.desk import raw_bodies
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.desk.webhooks import PATH, WebhookApp, read_delivery
from dreambox_pipeline.sandbox.accounts.signatures import sign
from dreambox_pipeline.storage.ledger import accounts, audit, inbox, tasks
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline.storage.tables import connections, webhook_inbox
from dreambox_pipeline.storage.tables import tasks as tasks_table
from dreambox_pipeline.tiktok.webhooks import MAX_WEBHOOK_BYTES

SECRET = "sandbox_secret"
APP = WebhookApp("sandbox_app", SecretStr(SECRET))
COMMENT, VIDEO = 7247303576418566913, 7203946942097902849
SAYING = "i dreamt of my secret garden"


@pytest.fixture(scope="module")
def address(one_studio) -> Iterator[str]:
    """A desk that takes webhooks."""
    with running_desk(
        ledger=one_studio.ledger,
        media=one_studio.media,
        keyring=one_studio.keyring,
        clock=one_studio.clock,
        webhooks=[APP],
    ) as running:
        yield running


@pytest.fixture
def post_box(studio, address) -> Iterator["PostBox"]:
    with studio.ledger.write() as connection:
        account = accounts.Connected(
            accounts.MAIN, "open_id_1", "act.x", "rft.x", studio.clock.now, studio.clock.now, ()
        )
        accounts.store(connection, account, studio.keyring, now=studio.clock.now)
        connection.execute(sa.delete(webhook_inbox))
    # The host TikTok sees is not this machine's: a tunnel or a proxy is in front.
    headers = {"Host": "hooks.example.org", "Origin": "https://elsewhere.example"}
    with httpx.Client(base_url=address, trust_env=False, headers=headers) as http:
        yield PostBox(studio, http)


class PostBox:
    """Delivers to the desk as TikTok would, and looks what was kept."""

    def __init__(self, studio: Any, http: httpx.Client) -> None:
        self.studio, self.http = studio, http

    @property
    def now(self) -> datetime:
        return self.studio.clock.now

    def deliver(
        self, raw: bytes, *, signed_at: datetime | None = None, secret: str = SECRET
    ) -> int:
        moment = int((signed_at or self.now).timestamp())
        header = sign(raw, secret=secret, timestamp=moment)
        return self.post(raw, header)

    def post(self, raw: bytes, signature: str) -> int:
        return self.http.post(
            PATH,
            content=raw,
            headers={"Tiktok-Signature": signature, "content-type": "application/json"},
        ).status_code

    def kept(self) -> list[inbox.InboxEvent]:
        with self.studio.ledger.read() as connection:
            return inbox.pending(connection)


def comment(action: str = "insert", *, at: int = 1763794929, **more: Any) -> dict[str, Any]:
    return {
        "comment_id": COMMENT,
        "video_id": VIDEO,
        "comment_type": "comment",
        "comment_action": action,
        "timestamp": at * 1000,
        "unique_identifier": "+ABc1D2/E0f",
        "text": SAYING,
    } | more


def body(told: dict[str, Any], event: str = "comment.update", **more: Any) -> bytes:
    """Content is JSON inside JSON, as TikTok has it."""
    envelope = {
        "client_key": "sandbox_app",
        "event": event,
        "create_time": 1763794929,
        "user_openid": "open_id_1",
        "content": json.dumps(told),
    }
    return json.dumps(envelope | more).encode()


def test_a_signed_event_is_kept_with_exact_ids_and_nothing_anybody_wrote(post_box):
    """Nineteen digits survive two layers of JSON; the text and its writer stay outside."""
    assert post_box.deliver(body(comment())) == 200
    (event,) = post_box.kept()
    assert event.event == "comment.update"
    assert event.payload == {
        "comment_id": str(COMMENT),
        "video_id": str(VIDEO),
        "comment_action": "insert",
        "comment_type": "comment",
        "parent_comment_id": None,
        "timestamp": "2025-11-22T07:02:09+00:00",
    }
    with post_box.studio.ledger.read() as connection:
        rows = str(connection.execute(sa.select(webhook_inbox)).all())
    assert "garden" not in rows
    assert "ABc1D2" not in rows


def test_a_delivery_that_comes_again_is_answered_200_and_kept_once(post_box):
    """Each delivery is signed anew, and its JSON may be written another way."""
    assert post_box.deliver(body(comment())) == 200
    assert post_box.deliver(body(comment()), signed_at=post_box.now + timedelta(seconds=40)) == 200
    reordered = json.dumps(dict(reversed(json.loads(body(comment())).items()))).encode()
    assert post_box.deliver(reordered) == 200
    assert len(post_box.kept()) == 1


def test_a_comment_s_later_events_are_events_of_their_own(post_box):
    """Written, hidden, shown, hidden again, deleted; and the same for another comment."""
    told = [
        comment("insert"),
        comment("set_to_hidden", at=1763794930),
        comment("set_to_public", at=1763794931),
        comment("set_to_hidden", at=1763794932),
        comment("delete", at=1763794932),
        comment("delete", at=1763794932, comment_id=COMMENT + 1),
    ]
    assert [post_box.deliver(body(content)) for content in told] == [200] * len(told)
    assert len(post_box.kept()) == len(told)


@pytest.mark.parametrize(
    ("event", "content", "kept"),
    [
        (
            "post.publish.publicly_available",
            {"publish_id": "v_pub_url~v1.2", "publish_type": "DIRECT_PUBLISH", "post_id": VIDEO},
            {"publish_id": "v_pub_url~v1.2", "post_id": str(VIDEO)},
        ),
        (
            "post.publish.failed",
            {"publish_id": "v_pub_url~v1.2", "reason": "video_pull_failed"},
            {"publish_id": "v_pub_url~v1.2", "reason": "video_pull_failed"},
        ),
        ("authorization.removed", {"reason": 5}, {"reason": 5}),
        ("brand.new.event", {"what": SAYING, "reason": SAYING}, {}),
    ],
)
def test_other_events_are_kept_too(post_box, event, content, kept):
    """Ids and reasons; of an event nobody knows, that it came."""
    assert post_box.deliver(body(content, event)) == 200
    (found,) = post_box.kept()
    assert found.event == event
    assert kept.items() <= found.payload.items()
    assert SAYING not in str(found.payload)


def test_a_wrong_signature_is_refused(post_box):
    """Another secret, another body, no header: 401, and nothing is kept."""
    raw = body(comment())
    good = sign(raw, secret=SECRET, timestamp=int(post_box.now.timestamp()))
    assert post_box.deliver(raw, secret="another_secret") == 401
    assert post_box.post(raw.replace(b"insert", b"delete"), good) == 401
    assert post_box.post(raw + b"\n", good) == 401
    assert post_box.post(raw, "") == 401
    assert post_box.post(raw, "t=1,s=" + "0" * 64) == 401
    assert post_box.kept() == []


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24 * 365])
def test_an_old_timestamp_is_refused(post_box, minutes):
    """Who records a delivery cannot play it again later, nor sign one for later."""
    signed_at = post_box.now + timedelta(minutes=minutes)
    assert post_box.deliver(body(comment()), signed_at=signed_at) == 401
    assert post_box.kept() == []


def test_five_minutes_on_the_way_are_fine(post_box):
    """The window is 300 seconds."""
    assert post_box.deliver(body(comment()), signed_at=post_box.now - timedelta(seconds=299)) == 200


def test_a_truncated_body_is_refused(post_box):
    """Cut after it was signed, it is not what was signed; cut before, it is not an event."""
    raw = body(comment())
    header = sign(raw, secret=SECRET, timestamp=int(post_box.now.timestamp()))
    assert post_box.post(raw[:-20], header) == 401
    assert post_box.deliver(raw[:-20]) == 400
    assert post_box.kept() == []


def test_a_connection_that_breaks_off_half_way_keeps_nothing(post_box):
    """The sender promised more bytes than it sent; TikTok delivers again."""
    raw = body(comment())
    header = sign(raw, secret=SECRET, timestamp=int(post_box.now.timestamp()))
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: hooks.example.org\r\nTiktok-Signature: {header}\r\n"
        f"Content-Length: {len(raw) + 100}\r\n\r\n"
    )
    url = post_box.http.base_url
    with socket.create_connection((url.host, url.port), timeout=5) as line:
        line.sendall(head.encode() + raw)
        line.shutdown(socket.SHUT_WR)
        line.recv(1000)
    assert post_box.kept() == []
    assert post_box.deliver(raw) == 200


def test_a_body_that_drips_is_not_waited_for(post_box, monkeypatch):
    """A stranger cannot keep connections open: after some seconds it is answered."""
    monkeypatch.setattr(raw_bodies, "BODY_S", 0.2)
    head = f"POST {PATH} HTTP/1.1\r\nHost: hooks.example.org\r\nContent-Length: 100\r\n\r\n{{"
    url = post_box.http.base_url
    with socket.create_connection((url.host, url.port), timeout=5) as line:
        line.sendall(head.encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"null",
        b"[1]",
        b"\xff\xfe",
        b"{" * 5000,
        body(comment(comment_id=1.5)),
        body(comment(comment_id=None)),
        body(comment(timestamp=None), create_time=None),
        body(comment(), content="{not json"),
        body(comment(), content=None),
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_a_garbled_body_is_refused_although_it_is_signed(post_box, raw):
    """400, whatever is wrong with it; a number that lost digits is no id."""
    assert post_box.deliver(raw) == 400
    assert post_box.kept() == []


@pytest.mark.parametrize(
    "other", [{"client_key": "another_app"}, {"user_openid": "open_id_2"}, {"user_openid": None}]
)
def test_another_app_s_or_account_s_event_is_refused(post_box, other):
    """Signed with our secret and still not for us."""
    assert post_box.deliver(body(comment(), **other)) == 403
    assert post_box.kept() == []


def test_a_body_that_is_too_large_is_refused_unread(post_box):
    """A quarter of a megabyte is far more than any event."""
    assert post_box.deliver(body(comment(text="x" * MAX_WEBHOOK_BYTES))) == 413
    assert post_box.deliver(body(comment(text="x" * (MAX_WEBHOOK_BYTES // 2)))) == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_taken(post_box, method):
    """Others are told so."""
    assert post_box.http.request(method, PATH).status_code == 405


def test_the_door_for_webhooks_is_exactly_one_route_wide(post_box):
    """Neighbours of the address keep the desk's guards."""
    for path in (f"{PATH}/", f"{PATH}/x", "/webhooks", "/reviewer", "/"):
        assert post_box.http.post(path).status_code == 403


def test_a_desk_without_an_app_takes_none(studio, desk):
    """Nothing to check a signature with."""
    raw = body(comment())
    header = sign(raw, secret=SECRET, timestamp=int(studio.clock.now.timestamp()))
    answer = desk.post(PATH, content=raw, headers={"Tiktok-Signature": header})
    assert answer.status_code == 404


def test_nothing_of_a_delivery_is_logged(post_box, caplog, capsys):
    """Neither a good one nor a bad one: it may hold what a person wrote."""
    caplog.set_level(0)
    for status, raw in (
        (200, body(comment())),
        (400, body(comment())[:-9]),
        (403, body(comment(), client_key="x")),
    ):
        assert post_box.deliver(raw) == status
    assert post_box.deliver(body(comment()), secret="x") == 401
    out = capsys.readouterr()
    assert "garden" not in caplog.text + out.out + out.err
    assert "ABc1D2" not in caplog.text + out.out + out.err


@pytest.mark.expects_error_log
def test_even_a_bug_does_not_log_a_delivery(post_box, monkeypatch, caplog, capsys):
    """Tracebacks may show local variables; the raw body does not show itself."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(inbox, "receive", broken)
    assert post_box.deliver(body(comment())) == 500
    out = capsys.readouterr()
    logged = caplog.text + out.out + out.err
    assert "ZeroDivisionError" in logged
    assert "ABc1D2" not in logged
    assert "garden" not in logged


def test_the_event_s_id_does_not_depend_on_the_text():
    """A hash of what somebody wrote would be a trace of it."""
    assert read_delivery(body(comment())) == read_delivery(body(comment(text="something else")))


# Two apps, several accounts, and a consent that is gone

DEVELOPER_APP = WebhookApp("dev_key", SecretStr("dev_secret_123"), Host.DEVELOPER)


@pytest.fixture
def both_apps(studio, one_studio) -> Iterator["PostBox"]:
    """A desk that takes webhooks of both apps, with two accounts connected on both hosts."""
    with studio.ledger.write() as connection:
        connection.execute(sa.delete(webhook_inbox))
        connection.execute(sa.delete(connections))
        connection.execute(sa.delete(tasks_table))
        for name in ("main", "second"):
            for host in Host:
                account = accounts.Connected(
                    name, f"{host.value}_{name}", "act.x", "rft.x",
                    studio.clock.now, studio.clock.now + timedelta(days=300), (), host,
                )  # fmt: skip
                accounts.store(connection, account, studio.keyring, now=studio.clock.now)
    parts = {name: getattr(one_studio, name) for name in ("ledger", "media", "keyring", "clock")}
    with (
        running_desk(**parts, webhooks=[APP, DEVELOPER_APP]) as running,
        httpx.Client(base_url=running, trust_env=False) as http,
    ):
        yield PostBox(studio, http)


def removed(post_box: PostBox, open_id: str, *, reason: object = 1, after_s: float = 60) -> bytes:
    at = int((post_box.now + timedelta(seconds=after_s)).timestamp())
    key = "dev_key" if open_id.startswith("developer") else "sandbox_app"
    return body(
        {"reason": reason},
        "authorization.removed",
        client_key=key,
        user_openid=open_id,
        create_time=at,
    )


def ended(post_box: PostBox) -> dict[tuple[str, str], str | None]:
    with post_box.studio.ledger.read() as connection:
        return {
            (row.account_id, row.host.value): row.ended_reason
            for row in accounts.listed(connection)
            if not row.is_live
        }


def test_each_app_s_deliveries_are_checked_with_its_own_secret(both_apps):
    """One app's secret opens nothing of the other's."""
    told = body(comment(), client_key="dev_key", user_openid="developer_second")
    assert both_apps.deliver(told, secret="dev_secret_123") == 200
    assert both_apps.deliver(told, secret=SECRET) == 403
    assert both_apps.deliver(told, secret="another") == 401
    mixed = body(comment(), client_key="sandbox_app", user_openid="developer_second")
    assert both_apps.deliver(mixed, secret="dev_secret_123") == 403
    assert both_apps.deliver(mixed, secret=SECRET) == 403


def test_any_connected_account_s_events_are_kept(both_apps):
    """Also of one that has ended: what its people delete is to be deleted here."""
    second = body(comment(), user_openid="accounts_second")
    assert both_apps.deliver(second) == 200
    assert both_apps.deliver(removed(both_apps, "accounts_second")) == 200
    gone = body(comment("delete", at=1763794940), user_openid="accounts_second")
    assert both_apps.deliver(gone) == 200
    assert both_apps.deliver(body(comment(), user_openid="accounts_third")) == 403


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (1, "disconnected"),
        (2, "deleted"),
        (3, "age"),
        (4, "banned"),
        (5, "gave the consent back"),
        (0, "did not say why"),
        (77, "did not say why"),
        ("x", "did not say why"),
    ],
)
def test_a_removed_consent_ends_the_connection_and_asks_for_another(both_apps, reason, words):
    """Its tokens are forgotten at once; the other accounts and hosts go on. Twice is once."""
    told = removed(both_apps, "developer_main", reason=reason)
    for _ in range(2):
        assert both_apps.deliver(told, secret="dev_secret_123") == 200

    assert list(ended(both_apps)) == [("main", "developer")]
    assert words in str(ended(both_apps)["main", "developer"])
    with both_apps.studio.ledger.read() as connection:
        stored = connection.execute(sa.select(connections)).mappings().all()
        (task,) = tasks.open_tasks(connection, kind=tasks.RECONNECT)
        removals = [
            entry
            for entry in audit.entries(connection)
            if entry.action == "account.disconnected" and entry.subject == "main"
        ]
    assert sum(row["refresh_token_encrypted"] is None for row in stored) == 1
    assert task.payload["account_id"] == "main"
    assert removals[-1].actor == "tiktok"


def test_news_of_an_older_consent_do_not_end_the_present_one(both_apps):
    """Deliveries come up to three days late; meanwhile the owner may have agreed again."""
    late = removed(both_apps, "developer_main", after_s=-60)
    assert both_apps.deliver(late, secret="dev_secret_123") == 200
    timeless = body(
        {"reason": 1}, "authorization.removed", client_key="dev_key",
        user_openid="developer_main", create_time=None,
    )  # fmt: skip
    assert both_apps.deliver(timeless, secret="dev_secret_123") == 200
    assert ended(both_apps) == {}


def test_an_app_without_a_secret_takes_nothing(studio, one_studio):
    """Anybody could sign with an empty one."""
    parts = {name: getattr(one_studio, name) for name in ("ledger", "media", "keyring", "clock")}
    app = WebhookApp("sandbox_app", SecretStr(""))
    with (
        running_desk(**parts, webhooks=[app]) as running,
        httpx.Client(base_url=running, trust_env=False) as http,
    ):
        assert PostBox(studio, http).deliver(body(comment()), secret="") == 404
