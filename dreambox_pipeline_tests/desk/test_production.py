"""How a video came about is told in words: style, series, writer, money, look and record."""

import html
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.tables import generation_jobs, prompts, provenance, series, videos
from dreambox_pipeline_tests.desk.conftest import NOON, Studio

PAGE = {"Accept": "text/html"}
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def page(desk: httpx.Client, row: VideoRow) -> str:
    return html.unescape(desk.get(f"/videos/{row.render_id}", headers=PAGE).text)


def change(studio: Studio, table: sa.Table, **values: object) -> None:
    with studio.ledger.write() as connection:
        connection.execute(sa.update(table).values(**values))


def record(studio: Studio, row: VideoRow, **changes: Any) -> None:
    body = {
        "render_id": row.render_id, "content_hash": row.content_hash,
        "record": {"clip_hash": row.clip_hash, "generator": "<b>omni</b>"}, "recorded_at": NOON,
    }  # fmt: skip
    with studio.ledger.write() as connection:
        connection.execute(sa.insert(provenance).values(body | changes))


def test_style_series_and_writer_are_named(studio, desk) -> None:
    """The names people gave them, not ids."""
    row = studio.video(style_id="teal_moonlight")
    with studio.ledger.write() as connection:
        connection.execute(
            sa.insert(series).values(
                series_id="ser_1", name="Nights & tides", style_id="ink", started_at=NOON
            )
        )
    change(studio, prompts, series_id="ser_1", writer="gpt-6-luna")
    text = page(desk, row)
    for words in ("Teal moonlight", "Nights & tides", "gpt-6-luna"):
        assert words in text, words
    change(studio, prompts, writer="embedded")
    assert "our own rules, offline" in page(desk, row)


def test_a_softened_prompt_says_what_the_provider_refused(studio, desk) -> None:
    """The reviewer should know that the clip shows less than the dream told."""
    row = studio.video()
    assert "softer words" not in page(desk, row)
    change(studio, generation_jobs, is_softened=True, refusal="No <b>blood</b>.")
    raw = desk.get("/", headers=PAGE).text
    assert "Refused once (“No &lt;b&gt;blood&lt;/b&gt;.”), then asked for in softer words." in raw
    assert "No <b>blood</b>. Then it was asked for in softer words." in page(desk, row)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"cost_microusd": 120_000, "generator": "omni"}, "<dt>Cost</dt><dd>$0.12</dd>"),
        ({"cost_microusd": 0}, "<dt>Cost</dt><dd>free</dd>"),
        ({"cost_microusd": None, "generator": "omni"}, "<dt>Cost</dt><dd>unknown</dd>"),
    ],
)
def test_money_is_told_in_dollars(studio, desk, values, words) -> None:
    """Unknown is a word, and never nothing."""
    row = studio.video()
    with studio.ledger.write() as connection:
        connection.execute(sa.text("DELETE FROM spend"))
    change(studio, generation_jobs, **values)
    assert words in page(desk, row)


@pytest.mark.parametrize(
    ("drift", "message", "is_usual"),
    [(0.4, "Like the last videos of this style.", True), (1.6, "Warmer, busier.", False)],
)
def test_drift_is_a_meter_with_words(studio, desk, drift, message, is_usual) -> None:
    """The edge of the usual is in the meter's middle; the words are the finding's."""
    found = (Finding("drift", is_usual, Severity.WARN, drift, message),)
    row = studio.video(found=found)
    assert "<dt>Look</dt>" not in page(desk, row)
    change(studio, videos, drift=drift)
    text = page(desk, row)
    assert f'aria-valuetext="{message}"' in text
    assert f'aria-valuenow="{drift:.2f}"' in text
    assert ('class="look"' in text) is is_usual
    assert ("Look first</a>: drift" in text) is not is_usual
    assert desk.get("/api/videos").json()["videos"][0]["drift"] == drift


def test_a_drift_nobody_put_into_words_still_has_some(studio, desk) -> None:
    """And one far off the scale stays on the meter."""
    row = studio.video()
    change(studio, videos, drift=40.0)
    text = page(desk, row)
    assert "Unusual for this style." in text
    assert 'aria-valuenow="2.00"' in text


def test_a_record_says_whether_the_file_is_signed(studio, desk) -> None:
    """And shows itself, folded, with its words as words."""
    row = studio.video()
    assert "Nothing is recorded about this file" in page(desk, row)
    record(studio, row)
    raw = desk.get(f"/videos/{row.render_id}", headers=PAGE).text
    assert "Signed (C2PA)" in raw
    assert "&lt;b&gt;omni&lt;/b&gt;" in raw
    assert "Drawn by a computer program that learned from no pictures." in raw
    assert desk.get("/api/videos").json()["videos"][0]["is_signed"] is True


def test_an_unsigned_file_says_why(studio, desk) -> None:
    """On the card as well: who approves it should know."""
    row = studio.video(generator="openai_videos")
    record(studio, row, unsigned_reason="the key is not readable")
    assert "Not signed: the key is not readable" in desk.get("/", headers=PAGE).text
    assert "Made by an AI model that was trained on pictures." in page(desk, row)


@pytest.mark.parametrize(
    ("source", "words"),
    [(TRAINED, "Made by an AI model"), ("http://example.org/newTerm", "newTerm")],
)
def test_the_record_s_own_source_type_counts(studio, desk, source, words) -> None:
    """A term that is newer than our words is shown as it is."""
    row = studio.video()
    record(studio, row, record={"digital_source_type": source})
    assert f"<dt>Its pictures</dt><dd>{words}" in page(desk, row)


def test_a_record_of_an_earlier_file_says_nothing_about_this_one(studio, desk, nothing) -> None:
    """A signature counts for exactly one content."""
    row = studio.video()
    record(studio, row, content_hash=nothing)
    assert "Signed" not in page(desk, row)
    assert desk.get("/api/videos").json()["videos"][0]["is_signed"] is None
