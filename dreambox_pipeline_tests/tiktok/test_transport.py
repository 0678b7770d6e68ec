"""What comes back that is not data, and what is done about it."""

import json
import logging
from datetime import UTC, datetime

import httpx
import pytest
from structlog.testing import capture_logs

from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.tiktok import envelope as envelopes
from dreambox_pipeline.tiktok import errors, transport
from dreambox_pipeline.tiktok.schemas import PostInfo
from dreambox_pipeline.tiktok.transport import Limits, Transport, http_client, query_text

INFO = PostInfo(caption="A whale", is_ai_generated=True)


def answering(*responses):
    """A handler that gives each of *responses* once, then the last one again; and counts."""
    calls = []

    def handler(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        response = responses[min(len(calls), len(responses)) - 1]
        if isinstance(response, Exception):
            raise response
        return response

    handler.calls = calls
    return handler


def test_a_read_is_repeated_until_it_works(connect, envelope):
    """A stumble of the network or of TikTok costs a repetition, not the run."""
    handler = answering(
        httpx.ConnectError("refused"),
        httpx.Response(502, html="<h1>Bad gateway</h1>"),
        envelope(code=50000, message="System error"),
        envelope({"max_video_post_duration_sec": 600}),
    )
    assert connect(handler).video_settings().max_video_post_duration_sec == 600
    assert len(handler.calls) == 4


def test_a_write_is_sent_exactly_once(connect):
    """There is no idempotency key: repeating a publish could post twice."""
    handler = answering(httpx.ReadTimeout("slow"))
    with pytest.raises(errors.Unreachable) as caught:
        connect(handler).publish("https://media.invalid/a.mp4", INFO)
    assert len(handler.calls) == 1
    assert caught.value.may_have_taken_effect


@pytest.mark.parametrize(
    ("answer", "cls", "may_have"),
    [
        (httpx.ConnectError("refused"), errors.Unreachable, False),
        (httpx.ConnectTimeout("slow"), errors.Unreachable, False),
        (httpx.ReadTimeout("slow"), errors.Unreachable, True),
        (httpx.WriteTimeout("slow"), errors.Unreachable, True),
        (httpx.RemoteProtocolError("closed mid-body"), errors.GarbledAnswer, True),
        (httpx.ReadError("reset"), errors.GarbledAnswer, True),
        (httpx.Response(200, html="<html>login</html>"), errors.GarbledAnswer, True),
        (httpx.Response(200, content=b""), errors.GarbledAnswer, True),
        (httpx.Response(200, content=b"\xff\xfe\x00"), errors.GarbledAnswer, True),
        (httpx.Response(200, content=b"[" * 100_000), errors.GarbledAnswer, True),
        (httpx.Response(200, json=[1, 2]), errors.GarbledAnswer, True),
        (httpx.Response(200, json={"data": {}}), errors.GarbledAnswer, True),
        (httpx.Response(200, json={"code": "banana"}), errors.GarbledAnswer, True),
        (httpx.Response(200, json={"code": None}), errors.GarbledAnswer, True),
        (httpx.Response(500, text="oops"), errors.ServerFault, True),
        (httpx.Response(408, text="slow"), errors.GarbledAnswer, True),
        (httpx.Response(429, text="slow down"), errors.RateLimited, False),
        (httpx.Response(401, text="who?"), errors.Forbidden, False),
        (httpx.Response(403, html="<h1>no</h1>"), errors.Forbidden, False),
        (httpx.Response(404, html="<h1>nginx</h1>"), errors.ApiMismatch, False),
        (httpx.Response(302, headers={"location": "/x"}), errors.ApiMismatch, False),
        (httpx.Response(413, text="too big"), errors.InvalidParams, False),
    ],
)
def test_every_answer_without_an_envelope_has_a_class(connect, answer, cls, may_have):
    """Each says whether the write may have happened, and what to do next."""
    with pytest.raises(cls) as caught:
        connect(answering(answer)).publish("https://media.invalid/a.mp4", INFO)
    assert type(caught.value) is cls
    assert caught.value.may_have_taken_effect is may_have
    assert cls.advice in str(caught.value)
    assert caught.value.path == "/business/video/publish/"


def test_a_read_never_has_an_effect(connect):
    """A timed-out read is merely a read."""
    with pytest.raises(errors.Unreachable) as caught:
        connect(answering(httpx.ReadTimeout("slow"))).video_settings()
    assert not caught.value.may_have_taken_effect


def test_an_error_code_counts_even_with_a_failing_http_status(connect, envelope):
    """The code is more precise than the status."""
    handler = answering(envelope(code=40007, message="gone", status=500))
    with pytest.raises(errors.NotFound):
        connect(handler).video_settings()


def test_a_failing_status_is_an_error_even_with_code_zero(connect, envelope):
    """An envelope that says OK under HTTP 500 is not believed."""
    with pytest.raises(errors.ServerFault):
        connect(answering(envelope({}, status=500))).video_settings()


def test_an_error_carries_what_support_asks_for(connect, envelope):
    """Code, request id and log id travel with the error."""
    handler = answering(envelope(code=40002, message="max_count: over 30"))
    with pytest.raises(errors.InvalidParams) as caught:
        connect(handler).video_settings()
    error = caught.value
    assert (error.code, error.http_status) == (40002, 200)
    assert (error.request_id, error.log_id) == ("20261122ABC", "log-1")
    assert "max_count: over 30" in str(error)
    assert isinstance(error, ItemError)
    assert len(handler.calls) == 1


def test_a_rate_limit_is_left_to_the_caller(connect, envelope):
    """Five minutes do not fit into a budget of seconds, so it is not waited for here."""
    handler = answering(envelope(code=40100, message="Too many requests"))
    with pytest.raises(errors.RateLimited) as caught:
        connect(handler).video_settings()
    assert caught.value.retry_after_s == 300
    assert isinstance(caught.value, TransientError)
    assert len(handler.calls) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "99999999999"}, 86_400),
        (
            {
                "date": "Sun, 22 Nov 2026 07:00:00 GMT",
                "retry-after": "Sun, 22 Nov 2026 07:01:30 GMT",
            },
            90,
        ),
        ({"retry-after": "soon"}, 300),
        ({"retry-after": "²"}, 300),
        ({}, 300),
    ],
)
def test_retry_after_is_read_in_both_forms(connect, headers, seconds):
    """Seconds or a date next to the answer's own; otherwise TikTok's five minutes."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    handler = answering(httpx.Response(429, headers=raw))
    with pytest.raises(errors.RateLimited) as caught:
        connect(handler).publish("https://media.invalid/a.mp4", INFO)
    assert caught.value.retry_after_s == seconds


def test_a_short_retry_after_is_waited_for(connect, envelope):
    """A pause that fits into the budget is taken here."""
    handler = answering(
        httpx.Response(429, headers={"retry-after": "1"}),
        envelope({"comment_disabled": True}),
    )
    assert connect(handler).video_settings().comment_disabled


def test_an_endless_answer_is_cut_off(connect, monkeypatch):
    """No answer of ours is that long; memory is not spent on finding out."""
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1000)
    sent = []

    def endless():
        while True:
            sent.append(1)
            yield b"x" * 100

    handler = answering(httpx.Response(200, content=endless()))
    with pytest.raises(errors.GarbledAnswer, match="cut off here after 1100 bytes"):
        connect(handler).publish("https://media.invalid/a.mp4", INFO)
    assert len(sent) == 11


def test_a_dripping_answer_is_cut_off(connect):
    """Each byte arrives in time and the answer never ends."""

    def drip():
        while True:
            yield b"x"

    handler = answering(httpx.Response(200, content=drip()))
    client = connect(handler, limits=Limits(answer_s=0))
    with pytest.raises(errors.GarbledAnswer):
        client.publish("https://media.invalid/a.mp4", INFO)


def test_secrets_are_in_no_error_log_or_repr(connect, envelope, caplog):
    """Whatever goes wrong, tokens and app secret stay out of what people read."""
    caplog.set_level(logging.DEBUG)
    client = connect(answering(envelope(code=40105, message="Access token is incorrect")))
    said = [repr(client)]
    with pytest.raises(StopError) as caught:
        client.video_settings()
    said.append(repr(caught.value))
    client = connect(answering(envelope({"refresh_token": "rft.SECRET", "open_id": "o"})))
    with pytest.raises(errors.GarbledAnswer) as garbled:
        client.exchange_code("CODE-SECRET", "https://x.invalid/cb/")
    said += [repr(garbled.value), repr(garbled.value.__cause__), caplog.text]
    assert not [text for text in said if "SECRET" in text or "sandbox_secret" in text]
    assert "access_token" in str(garbled.value)


def test_lists_and_booleans_travel_as_json():
    """TikTok wants JSON strings in the query, and nothing for what is not set."""
    assert query_text(
        {"fields": ["item_id", "likes"], "a": True, "n": 3, "s": "x", "no": None}
    ) == {
        "fields": '["item_id","likes"]',
        "a": "true",
        "n": "3",
        "s": "x",
    }


def test_loopback_ignores_the_machines_proxies():
    """A sandbox on this machine is never asked for through a proxy; TikTok may be."""
    for url, expected in [
        ("http://127.0.0.1:8701/open_api/v1.3", False),
        ("http://localhost:8701", False),
        ("http://[::1]:8701", False),
        ("https://business-api.tiktok.com/open_api/v1.3", True),
    ]:
        with http_client(url, Limits()) as http:
            assert http.trust_env is expected
            assert http.follow_redirects is False


def test_the_body_of_a_write_is_json():
    """The body arrives as sent, and the token only in its header."""
    seen = {}

    def handler(request: httpx.Request) -> httpx.Response:
        seen.update(json.loads(request.content))
        return httpx.Response(200, json={"code": 20001, "data": {"ok": 1}})

    sender = Transport(
        "https://tiktok.invalid/v1/", http=httpx.Client(transport=httpx.MockTransport(handler))
    )
    assert sender.post("/x/", body={"text": "é"}) == {"ok": 1}
    assert seen == {"text": "é"}
    sender.close()


def test_http_dates_without_a_zone_are_not_trusted():
    """`-0000` says the zone is unknown; we then wait TikTok's five minutes."""
    assert envelopes._http_date("Sun, 22 Nov 2026 07:00:00 -0000") is None
    assert envelopes._http_date("Sun, 22 Nov 2026 07:00:00 GMT") == datetime(
        2026, 11, 22, 7, tzinfo=UTC
    )


class KeptLimiter:
    """A limiter that lets everything through and keeps what it was told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.closed: list[tuple[str, float]] = []

    def wait(self, path: str) -> float:
        self.asked.append(path)
        return 0.0

    def refused(self, path: str, *, for_s: float) -> None:
        self.closed.append((path, for_s))


def test_the_limiter_is_asked_before_every_single_try(connect, envelope):
    """Repetitions count for TikTok, too."""
    limiter = KeptLimiter()
    handler = answering(envelope(code=50000), envelope(code=50002), envelope({}))
    connect(handler, limiter=limiter).video_settings()
    assert limiter.asked == ["/business/video/settings/"] * 3
    assert limiter.closed == []


@pytest.mark.parametrize(
    ("code", "message", "for_s"),
    [
        (40100, "App reaches the QPS limit.", 300),
        (40100, "Too many requests. Please retry in some time. (QPM limit)", 300),
        (40100, "App reaches the QPD limit.", 61_071),
        (40100, "The daily limit of 15 posts is reached. Retry after 00:00 UTC.", 61_071),
        (40016, "Too frequent", 300),
        (51021, "Too many requests", 300),
    ],
)
def test_a_refusal_as_one_too_many_closes_the_endpoint(connect, envelope, code, message, for_s):
    """For five minutes, or until 00:00 UTC (it is 07:02:09) when the day's share is used up."""
    limiter = KeptLimiter()
    handler = answering(envelope(code=code, message=message))
    with pytest.raises(errors.RateLimited) as caught:
        connect(handler, limiter=limiter).video_settings()
    assert len(handler.calls) == 1
    assert limiter.closed == [("/business/video/settings/", for_s)]
    assert caught.value.retry_after_s == for_s
    assert message in str(caught.value)


def test_after_a_refusal_nobody_asks_for_five_minutes(connect, envelope, clock):
    """The client's own limiter keeps the next request back."""
    client = connect(answering(envelope(code=40100, message="QPM"), envelope({})))
    with pytest.raises(errors.RateLimited):
        client.video_settings()
    client.video_settings()
    assert clock.slept == [300.0]


def test_partial_data_is_given_and_noted(connect, envelope):
    """20001 is no error: what came is good, and the log says that something is missing."""
    handler = answering(
        envelope({"max_video_post_duration_sec": 60}, code=20001, message="Some fields failed")
    )
    with capture_logs() as logs:
        assert connect(handler).video_settings().max_video_post_duration_sec == 60
    assert [(log["event"], log["said"]) for log in logs] == [
        ("tiktok.partial_answer", "Some fields failed")
    ]


def test_an_unknown_code_is_named_with_tiktoks_words(connect, envelope):
    """It costs one item, and a person can look it up."""
    with pytest.raises(errors.UnknownTikTokError) as caught:
        connect(answering(envelope(code=47777, message="New rule"))).video_settings()
    assert caught.value.code == 47777
    assert "47777, 'New rule'" in str(caught.value)


def test_a_secret_in_a_query_is_in_no_log(connect, envelope, caplog):
    """Two of the app's calls are GETs that carry it, and httpx logs addresses."""
    caplog.set_level(logging.DEBUG)
    connect(answering(envelope({}))).app.webhook("COMMENT")
    assert "/business/webhook/list/" in caplog.text
    assert "sandbox_secret" not in caplog.text
