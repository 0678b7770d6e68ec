"""`/v1/files` and `/v1/batches` with the real client over real HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=sandbox.info["openai_base_url"], api_key=sandbox.info["api_key"], max_retries=0
    ) as made:
        yield made


def line(name: str, **changes: Any) -> dict[str, Any]:
    body = {"model": "gpt-6-luna", "input": f"hello {name}"}
    return {"custom_id": name, "method": "POST", "url": "/v1/responses", "body": body} | changes


def upload(client: openai.OpenAI, *lines: object) -> str:
    content = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    return client.files.create(file=("in.jsonl", content.encode()), purpose="batch").id


def start(client: openai.OpenAI, *lines: object, **changes: Any) -> openai.types.Batch:
    known: dict[str, Any] = {"endpoint": "/v1/responses", "completion_window": "24h"}
    return client.batches.create(input_file_id=upload(client, *lines), **known | changes)


def results(client: openai.OpenAI, file_id: str | None) -> list[dict[str, Any]]:
    assert file_id is not None
    return [json.loads(one) for one in client.files.content(file_id).text.splitlines()]


def test_a_file_is_kept_until_it_expires(sandbox: RunningSandbox, client: openai.OpenAI) -> None:
    """Its content comes back as it was sent; after its time there is none."""
    file = client.files.create(
        file=("a.jsonl", "ä\n".encode()),
        purpose="batch",
        expires_after={"anchor": "created_at", "seconds": 3_600},
    )
    assert (file.bytes, file.purpose, file.filename) == (3, "batch", "a.jsonl")
    assert client.files.content(file.id).read() == "ä\n".encode()
    assert client.files.retrieve(file.id) == file
    sandbox.advance(3_600)
    with pytest.raises(openai.NotFoundError):
        client.files.content(file.id)


def test_a_deleted_file_is_gone(client: openai.OpenAI) -> None:
    """At once."""
    file_id = upload(client, line("a"))
    assert client.files.delete(file_id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.content(file_id)


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "assistants"},
        {"expires_after": {"anchor": "created_at", "seconds": 60}},
        {"expires_after": {"anchor": "last_used_at", "seconds": 3_600}},
        {"file": ("a.jsonl", b"\xff\xfe")},
    ],
)
def test_wrong_uploads_are_400(client: openai.OpenAI, changes: dict[str, Any]) -> None:
    """Purpose, time and encoding."""
    with pytest.raises(openai.BadRequestError):
        client.files.create(**{"file": ("a.jsonl", b"x"), "purpose": "batch"} | changes)


def test_a_batch_goes_its_way_on_the_simulated_clock(
    sandbox: RunningSandbox, client: openai.OpenAI
) -> None:
    """Checked, run, finished; its results carry the names of their requests, in another order."""
    names = [f"r{number}" for number in range(12)]
    batch = start(client, *map(line, names), metadata={"key": "k1"})
    seen = [batch.status]
    while seen[-1] != "completed":
        sandbox.advance(5)
        batch = client.batches.retrieve(batch.id)
        seen += [batch.status] if batch.status != seen[-1] else []
    assert seen == ["validating", "in_progress", "finalizing", "completed"]
    assert batch.metadata == {"key": "k1"}
    assert batch.error_file_id is None
    assert batch.request_counts is not None
    assert (batch.request_counts.total, batch.request_counts.completed) == (12, 12)
    found = results(client, batch.output_file_id)
    assert [one["custom_id"] for one in found] != names
    assert sorted(one["custom_id"] for one in found) == sorted(names)
    direct = client.responses.create(model="gpt-6-luna", input="hello r0")
    (first,) = [one["response"] for one in found if one["custom_id"] == "r0"]
    assert first["status_code"] == 200
    assert first["body"]["output"][0]["content"][0]["text"] == direct.output_text


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([""], "empty_file"),
        (["{"], "invalid_json_line"),
        ([line("a"), line("a")], "duplicate_custom_id"),
        ([line("a", method="GET")], "invalid_method"),
        ([line("a", url="/v1/embeddings")], "invalid_url"),
        ([line("a"), line("b", body={"model": "other", "input": "x"})], "mismatched_model"),
        ([{"custom_id": "a"}], "missing_required_parameter"),
    ],
)
def test_a_file_that_cannot_be_run_fails_the_batch(
    sandbox: RunningSandbox, client: openai.OpenAI, lines: list[object], code: str
) -> None:
    """After it was taken; nothing ran."""
    batch = start(client, *lines)
    sandbox.advance(10)
    batch = client.batches.retrieve(batch.id)
    assert batch.status == "failed"
    assert batch.output_file_id is None
    assert batch.errors is not None
    assert [problem.code for problem in batch.errors.data or []] == [code]


def test_a_refused_request_is_in_the_error_file(
    sandbox: RunningSandbox, client: openai.OpenAI
) -> None:
    """The others are not touched by it."""
    bad = line("b", body={"model": "gpt-6-luna", "input": "x", "temperature": 0})
    batch = start(client, line("a"), bad)
    sandbox.advance(60)
    batch = client.batches.retrieve(batch.id)
    assert [one["custom_id"] for one in results(client, batch.output_file_id)] == ["a"]
    (failed,) = results(client, batch.error_file_id)
    assert failed["response"]["status_code"] == 400
    assert failed["response"]["body"]["error"]["code"] == "unsupported_parameter"


def test_a_cancelled_batch_keeps_what_was_done(
    sandbox: RunningSandbox, client: openai.OpenAI
) -> None:
    """It takes a moment; what did not run says so; a finished batch cannot be cancelled."""
    batch = start(client, *(line(f"r{number}") for number in range(100)))
    sandbox.advance(20)
    assert client.batches.cancel(batch.id).status == "cancelling"
    sandbox.advance(20)
    batch = client.batches.retrieve(batch.id)
    assert batch.status == "cancelled"
    done = results(client, batch.output_file_id)
    missed = results(client, batch.error_file_id)
    assert len(done) + len(missed) == 100
    assert 0 < len(done) < 100
    assert {one["error"]["code"] for one in missed} == {"batch_cancelled"}
    with pytest.raises(openai.BadRequestError):
        client.batches.cancel(batch.id)


def test_a_batch_can_expire(sandbox: RunningSandbox, client: openai.OpenAI) -> None:
    """After a day, with half of its results."""
    sandbox.sandbox.models.set_switch("batch_mode", "expires")
    batch = start(client, *(line(f"r{number}") for number in range(4)))
    sandbox.advance(80_000)
    assert client.batches.retrieve(batch.id).status == "in_progress"
    sandbox.advance(10_000)
    batch = client.batches.retrieve(batch.id)
    assert batch.status == "expired"
    assert len(results(client, batch.output_file_id)) == 2
    assert {one["error"]["code"] for one in results(client, batch.error_file_id)} == {
        "batch_expired"
    }


def test_batches_are_listed_newest_first(client: openai.OpenAI) -> None:
    """In pages."""
    made = [start(client, line("a")).id for _ in range(5)]
    assert [batch.id for batch in client.batches.list(limit=2)] == made[::-1]
    with pytest.raises(openai.BadRequestError):
        client.batches.list(limit=101)
    with pytest.raises(openai.BadRequestError):
        client.batches.list(after="batch_none")


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "/v1/embeddings"},
        {"completion_window": "1h"},
        {"metadata": {"k" * 65: "v"}},
        {"output_expires_after": {"anchor": "created_at", "seconds": 1}},
    ],
)
def test_wrong_batches_are_400(client: openai.OpenAI, changes: dict[str, Any]) -> None:
    """Endpoint, window, metadata and time."""
    with pytest.raises(openai.BadRequestError):
        start(client, line("a"), **changes)


def test_what_is_not_there_is_404(client: openai.OpenAI) -> None:
    """Batches and files alike."""
    with pytest.raises(openai.NotFoundError):
        client.batches.retrieve("batch_none")
    with pytest.raises(openai.NotFoundError):
        client.batches.create(
            input_file_id="file-none", endpoint="/v1/responses", completion_window="24h"
        )


def test_batches_outlive_the_server(tmp_path: Path) -> None:
    """A batch taken before a restart is answered after it."""
    state = tmp_path / "state.sqlite"
    with running_sandbox(state_path=state) as first:
        client = openai.OpenAI(base_url=first.info["openai_base_url"], api_key="sandbox-key")
        batch_id = start(client, line("a")).id
    with running_sandbox(state_path=state) as second:
        second.advance(60)
        client = openai.OpenAI(base_url=second.info["openai_base_url"], api_key="sandbox-key")
        batch = client.batches.retrieve(batch_id)
        assert [one["custom_id"] for one in results(client, batch.output_file_id)] == ["a"]
