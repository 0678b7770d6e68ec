import json

from dreambox_pipeline.media.model import Edit, EndCard, OverlayText
from dreambox_pipeline.stages.videos.model import Severity
from dreambox_pipeline.stages.videos.provenance import check_credentials, provenance_record


def test_the_record_says_what_was_drawn_and_not_the_words() -> None:
    """It outlives the dreamer's consent in a backup; a handle does not belong in it."""
    edit = Edit(
        (OverlayText("title", "Anna's whale"), OverlayText("credit", "dreamt by @anna")),
        end_card=EndCard("Anna's whale", "dreamt by @anna"),
    )
    record = provenance_record(
        origin={"dream_id": "drm_1", "generator": "synthetic"},
        digital_source_type="http://x/algorithmicMedia",
        edit=edit,
        destination="tiktok",
        gain_db=3.456,
        sound="composed_here",
        software={"dreambox": "0.1.0"},
        signing={"manifest": None},
    )
    assert record["edit"]["overlays"] == ["title", "credit", "end_card"]
    assert (record["edit"]["gain_db"], record["dream_id"]) == (3.46, "drm_1")
    assert record["sound"] == "composed_here"
    assert "anna" not in json.dumps(record).lower()


def test_an_unsigned_file_is_a_warning_with_its_reason() -> None:
    """The reviewer decides whether it may go out like this."""
    assert check_credentials(None).passed
    finding = check_credentials("It is switched off.")
    assert (finding.passed, finding.severity) == (False, Severity.WARN)
    assert "It is switched off." in finding.message
