"""A second reading of a day notices what was hidden, shown again or deleted, and a run reads only what it is about."""

import pytest

from dreambox_pipeline.defs.collection import VIDEOS_TAG
from dreambox_pipeline.defs.comment_changes import comment_changes
from dreambox_pipeline.defs.comments import comments, source_videos
from dreambox_pipeline.stages.dreams.model import DreamReport
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger import erasures, inbox
from dreambox_pipeline_tests.defs.workshop import QUIET, Workshop


def actions(workshop: Workshop) -> dict[str, str]:
    with workshop.ledger.read() as connection:
        events = inbox.pending(connection)
    return {event.payload["comment_id"]: event.payload["comment_action"] for event in events}


def is_rankable(workshop: Workshop, report: DreamReport) -> bool:
    with workshop.ledger.read() as connection:
        return report.dream_id in {dream.dream_id for dream in ledger_dreams.rankable(connection)}


def test_what_a_second_reading_notices_reaches_the_dream(workshop):
    """Without any webhook: hidden is suspended, deleted is erased, shown again goes on."""
    hidden = workshop.tell_dream()
    deleted = workshop.tell_dream("I dreamt that a slow green tram flew over our school at night")
    day = hidden.told_at.date()
    workshop.run(source_videos)
    workshop.run(comments, days=(day, day))
    workshop.hide_comment(hidden)
    workshop.delete_comment(deleted)
    workshop.run(comments, days=(day, day))
    assert actions(workshop)[hidden.comment_id] == "set_to_hidden"
    assert actions(workshop)[deleted.comment_id] == "missing"

    workshop.run(comment_changes)
    assert not is_rankable(workshop, hidden)
    with workshop.ledger.read() as connection:
        assert erasures.is_erased(connection, deleted.comment_id)

    workshop.hide_comment(hidden, hidden=False)
    workshop.run(comments, days=(day, day))
    assert actions(workshop) == {hidden.comment_id: "set_to_public"}
    workshop.run(comment_changes)
    assert is_rankable(workshop, hidden)


@pytest.mark.parametrize("kind", ["code:40002", "code:40007"])
def test_a_video_that_cannot_be_read_has_no_missing_comments(workshop, kind):
    """It is read again, or gone as a whole; nobody took anything back."""
    report = workshop.tell_dream()
    day = report.told_at.date()
    workshop.run(source_videos)
    workshop.run(comments, days=(day, day))
    workshop.sandbox.advance(61)
    workshop.arm(kind, "business/comment/list/", times=999)
    workshop.run(comments, days=(day, day))

    assert actions(workshop) == {}


def test_a_run_about_some_videos_reads_those_only(workshop):
    """What the sensor found is not paid for with a request for every other video."""
    report = workshop.tell_dream()
    day = report.told_at.date()
    workshop.run(source_videos)
    workshop.sandbox.advance(61)
    before = requests(workshop)
    result = workshop._job_of((comments,)).execute_in_process(
        resources=workshop.parts,
        instance=workshop.instance,
        partition_key=day.isoformat(),
        tags={VIDEOS_TAG: report.source_video_id},
        run_config={"loggers": QUIET},
    )

    assert result.success
    rows = workshop.parts["lake"].read(COMMENTS, [day])
    assert {row["source_video_id"] for row in rows} == {report.source_video_id}
    assert requests(workshop) - before < 5


def requests(workshop: Workshop) -> int:
    counts = workshop.sandbox.sandbox.counts.as_json()["counts"]
    return counts.get("GET /open_api/v1.3/business/comment/list/", 0)
