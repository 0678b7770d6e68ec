"""Webhook registrations and URL properties: the app's own calls, with its id and secret."""

import json

import httpx
import pytest

from dreambox_pipeline.tiktok import errors

APP = {"app_id": "sandbox_app", "secret": "sandbox_secret"}
HOOK = "https://dreambox.invalid/webhooks/tiktok"


@pytest.fixture
def recorded(connect, envelope):
    """A client's app calls whose requests are kept, answered with *data*."""

    def make(data: object, **options: object):
        requests: list[tuple[str, str, dict[str, object]]] = []

        def handler(request: httpx.Request) -> httpx.Response:
            sent = json.loads(request.content) if request.content else dict(request.url.params)
            requests.append((request.method, request.url.path.split("v1.3")[1], sent))
            assert "access-token" not in request.headers
            return envelope(data, **options)

        return connect(handler).app, requests

    return make


def test_a_webhook_is_registered_for_all_videos_or_some(recorded):
    """Nothing is sent about videos when all are meant."""
    data = {"app_id": "7", "event_type": "COMMENT", "callback_url": HOOK, "item_list": [12, "13"]}
    app, requests = recorded(data)
    registered = app.register_webhook("COMMENT", HOOK)
    assert registered.callback_url == HOOK
    assert registered.item_list == ("12", "13")
    app.register_webhook("COMMENT", HOOK, video_ids=["12", "13"])
    body = APP | {"event_type": "COMMENT", "callback_url": HOOK}
    path = "/business/webhook/update/"
    assert requests == [("POST", path, body), ("POST", path, body | {"item_list": ["12", "13"]})]


@pytest.mark.parametrize(("event", "count"), [("COMMENT", 101), ("VIDEO", 1)])
def test_videos_that_tiktok_would_refuse_are_not_sent(recorded, event, count):
    """At most a hundred, and only for comments."""
    app, requests = recorded({})
    with pytest.raises(errors.InvalidParams):
        app.register_webhook(event, HOOK, video_ids=["1"] * count)
    assert requests == []


def test_a_registration_can_be_read_and_deleted(recorded):
    """Reading is a GET with the secret in the query, as TikTok wants it."""
    app, requests = recorded({"event_type": "VIDEO", "callback_url": HOOK, "item_list": None})
    assert app.webhook("VIDEO").item_list == ()
    app.delete_webhook("VIDEO")
    sent = APP | {"event_type": "VIDEO"}
    assert requests == [
        ("GET", "/business/webhook/list/", sent),
        ("POST", "/business/webhook/delete/", sent),
    ]


@pytest.mark.parametrize(("data", "code"), [({}, 40007), ({}, 0), ({"callback_url": ""}, 0)])
def test_no_registration_is_none(recorded, data, code):
    """However TikTok says that there is none."""
    app, _ = recorded(data, code=code)
    assert app.webhook("COMMENT") is None


def test_an_address_is_claimed_proven_and_given_up(recorded):
    """The answer says which file proves it."""
    info = {
        "property_type": 2,
        "url": "https://media.invalid/v/",
        "property_status": 1,
        "signature": "proof",
        "file_name": "tiktok1.txt",
    }
    app, requests = recorded({"url_property_info": info})
    assert app.add_url_property("prefix", info["url"]).file_name == "tiktok1.txt"
    assert app.verify_url_property("prefix", info["url"]).is_verified
    app.delete_url_property("domain", "media.invalid")
    assert [path for _, path, _ in requests] == [
        f"/business/property/{verb}/" for verb in ("add", "verify", "delete")
    ]
    assert requests[0][2] == APP | {"url_property_meta": {"property_type": 2, "url": info["url"]}}
    assert requests[2][2]["url_property_meta"] == {"property_type": 1, "url": "media.invalid"}


def test_all_claims_are_listed(recorded):
    """Those that failed, too; an account without any has an empty list."""
    infos = [{"property_type": 1, "url": "a.invalid", "property_status": 2}]
    app, _ = recorded({"url_property_info_list": infos})
    (found,) = app.url_properties()
    assert (found.url, found.is_verified) == ("a.invalid", False)
    app, _ = recorded({"url_property_info_list": None})
    assert app.url_properties() == []


def test_a_claim_whose_answer_cannot_be_read_may_have_happened(recorded):
    """TikTok said OK and forgot the rest."""
    app, _ = recorded({})
    with pytest.raises(errors.GarbledAnswer) as caught:
        app.add_url_property("domain", "media.invalid")
    assert caught.value.may_have_taken_effect


def test_the_secret_is_in_no_repr(recorded):
    """It identifies the app everywhere."""
    app, _ = recorded({})
    assert "sandbox_secret" not in repr(app)
