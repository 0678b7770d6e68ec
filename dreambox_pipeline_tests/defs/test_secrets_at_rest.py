"""Two posts, a refresh and a dead consent as Dagster runs them leave no secret in any file or log."""

import logging
from pathlib import Path

import dagster as dg
import pytest
from pydantic import SecretStr

from dreambox_pipeline.defs.posts import published_posts
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.storage.ledger import accounts
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline.tiktok.posting_objects import UploadSession
from dreambox_pipeline_tests.cli.consenting import secrets_of
from dreambox_pipeline_tests.leaks import leaks


@pytest.fixture
def live(workshop):
    """Connected on both hosts, with Dagster's storage in the var folder, as `dreambox up` has it."""
    changes = {
        "tiktok_developer_base_url": workshop.sandbox.info["tiktok_developer_base_url"],
        "post_privacy": "PUBLIC_TO_EVERYONE",
        "missed_slot_hours": 99.0,
    }
    settings = workshop.settings.model_copy(update=changes)
    kept = {name: workshop.parts[name] for name in ("generators", "sleep")}
    workshop.parts = resources_from(settings) | kept
    developer = workshop.parts["tiktok_accounts"].developer("main")
    code = SecretStr(workshop.sandbox.auth_code())
    developer.keep(developer.endpoint.exchange_code(code, developer.redirect_uri, None))
    folder = settings.var_dir / "dagster"
    folder.mkdir()
    with dg.DagsterInstance.local_temp(str(folder)) as instance:
        workshop.instance = instance
        yield workshop


@pytest.fixture
def upload_urls(monkeypatch) -> list[str]:
    """Every address that a file was uploaded to."""
    seen: list[str] = []
    keep = UploadSession.to_secret

    def noted(session: UploadSession) -> SecretStr:
        seen.append(session.upload_url.get_secret_value())
        return keep(session)

    monkeypatch.setattr(UploadSession, "to_secret", noted)
    return seen


def post(workshop, route: Route) -> PublicationState:
    """What becomes of a new video that goes out by *route*."""
    workshop.choose(posting_route=route.value)
    _, row = workshop.queued_video()
    workshop.pass_time_until(row.slot_at)
    for _ in range(3):
        workshop.run(published_posts)
        workshop.wait_for_fetches()
        workshop.sandbox.advance(600)
    return workshop.publication(row.render_id).state


def fetched_from(workshop) -> list[str]:
    """The signed parts of the addresses that TikTok fetched videos from."""
    documents = workshop.sandbox.world.publications._documents.values()
    return [url.partition("?")[2] for each in documents if (url := each.get("video_url"))]


def test_posting_by_two_routes_leaves_no_secret_in_dagster_s_storage_or_the_var_folder(
    live, upload_urls, caplog
):
    """Events, logs, tracebacks, the ledger's and Dagster's bytes: whatever a day of posting writes."""
    caplog.set_level(logging.DEBUG)
    before = secrets_of(live.sandbox)
    live.sandbox.advance(86_400)
    with live.desk():
        assert post(live, Route.ACCOUNTS_API) is PublicationState.PUBLISHED
    assert post(live, Route.CONTENT_POSTING) is PublicationState.PUBLISHED
    assert len(set(secrets_of(live.sandbox)) - set(before)) >= 4, (
        "both hosts' tokens were refreshed"
    )

    # The app's secret stands in this call's address.
    live.tiktok.client.app.url_properties()

    # And a consent that is over in the middle of it, with its traceback in the event store.
    with live.ledger.read() as connection:
        held = accounts.connected(connection, live.parts["keyring"], "main", Host.DEVELOPER)
    live.sandbox.sandbox.tokens.revoke(held.access_token)
    _, row = live.queued_video()
    live.pass_time_until(row.slot_at)
    live.run(published_posts, is_expected_to_fail=True)

    signed = fetched_from(live)
    secrets = [*secrets_of(live.sandbox), *upload_urls, *signed, "sandbox_secret"]
    assert upload_urls
    assert signed
    assert all(secrets)
    assert [secret for secret in secrets if secret in caplog.text] == []
    var_dir: Path = live.settings.var_dir
    files = {path.name for path in var_dir.rglob("*") if path.is_file()}
    assert {"ledger.sqlite", "index.db"} <= files
    assert leaks(secrets, [var_dir]) == []
