"""What every `Publisher` promises, checked on each route alike, against the sandbox over real HTTP.

What a route cannot do is said in `publisher_benches.TRAITS`, not here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.publisher import Begun
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.chunks import MAX_FILE_BYTES
from dreambox_pipeline.tiktok.posting_objects import UploadSession
from dreambox_pipeline_tests.contracts.publisher_benches import (
    CHUNKS,
    TRAITS,
    Bench,
    bench_of,
    long_clip,
    posting_client,
    tokens_of,
)

S = PublicationState
UPLOAD = "/upload/video/"
HOUR = 3600
BY_TIKTOK = [route for route in Route if not route.needs_person]
ASKING = [route for route in Route if TRAITS[route].asks_account]
UPLOADING = [route for route in Route if TRAITS[route].uploads]
EMOJI = "\N{WHALE}"
"""Two UTF-16 units."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return long_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def bench(
    request: pytest.FixtureRequest, sandbox: RunningSandbox, tmp_path: Path, clip: Path
) -> Iterator[Bench]:
    with bench_of(request.param, sandbox, tmp_path, clip) as made:
        yield made


def on(routes: list[Route] | type[Route]) -> pytest.MarkDecorator:
    """Runs a test on these routes."""
    return pytest.mark.parametrize("bench", list(routes), indirect=True, ids=str)


@contextmanager
def nothing_begun(bench: Bench) -> Iterator[None]:
    """What happens inside sends no request that begins a post, and makes no kit."""
    before = bench.requests(bench.traits.begins_at or "")
    yield
    assert bench.requests(bench.traits.begins_at or "") == before
    assert not bench.kits_dir.exists()


@on(Route)
def test_every_route_says_which_it_is(bench):
    """The runner stores it with the claim and asks the same route for the outcome."""
    assert TRAITS[bench.publisher.route] is bench.traits


@on(Route)
def test_a_post_is_begun_by_one_request(bench):
    """And what begins it is stored by its id."""
    begun = bench.begin()
    assert begun.publish_id
    assert (begun.upload is not None) is bench.traits.uploads
    if bench.traits.begins_at:
        assert bench.requests(bench.traits.begins_at) == 1


@on(ASKING)
@pytest.mark.parametrize("kind", ["http_500_after", "timeout_after", "garbage"])
def test_a_beginning_with_an_unknown_outcome_is_not_repeated(bench, kind):
    """The caller is told that it may have happened, and decides."""
    allowance = bench.publisher.allowance()
    bench.arm(kind, bench.traits.begins_at)
    with pytest.raises(errors.TikTokError) as caught:
        bench.publisher.begin(bench.order, allowance)
    assert caught.value.may_have_taken_effect
    assert bench.requests(bench.traits.begins_at) == 1


@on(BY_TIKTOK)
def test_a_post_comes_out_as_it_was_ordered(bench):
    """Labelled, with its caption and cover, and found in the account's list by its id."""
    begun_at = bench.sandbox.now
    begun = bench.post()
    assert bench.publisher.outcome(begun.publish_id).state in (S.UPLOADED, S.PROCESSING)
    bench.sandbox.advance(600)
    outcome = bench.publisher.outcome(begun.publish_id)
    (post,) = bench.posts()
    assert (outcome.state, outcome.post_id) == (S.PUBLISHED, post.video_id)
    assert (post.is_ai_generated, post.caption) == (True, bench.order.draft.caption)
    listed = list(bench.publisher.posts_since(begun_at - timedelta(hours=1)))
    assert [(video.item_id, video.caption) for video in listed] == [(post.video_id, post.caption)]
    assert list(bench.publisher.posts_since(bench.sandbox.now)) == []


@on(BY_TIKTOK)
def test_brands_are_declared_as_a_person_said(bench):
    """Both switches, each on its own."""
    begun = bench.begin(bench.saying(is_brand_organic=True))
    info = bench.sandbox.world.publications.post_info(begun.publish_id)
    assert (info["is_brand_organic"], info["is_branded_content"]) == (True, False)
    begun = bench.begin(bench.saying(is_branded_content=True))
    info = bench.sandbox.world.publications.post_info(begun.publish_id)
    assert (info["is_brand_organic"], info["is_branded_content"]) == (False, True)


@on([Route.CONTENT_POSTING])
def test_comments_stay_off_where_the_account_has_them_off(bench):
    """The allowance is obeyed without asking again."""
    bench.switch(comments_disabled=True)
    begun = bench.begin()
    assert bench.sandbox.world.publications.post_info(begun.publish_id)["disable_comment"] is True


@on(Route)
def test_a_caption_at_the_limit_arrives_unchanged(bench):
    """2,200 UTF-16 units, all of them surrogate pairs."""
    caption = EMOJI * 1100
    begun = bench.begin(bench.saying(caption=caption))
    if bench.traits.carries_text:
        info = bench.sandbox.world.publications.post_info(begun.publish_id)
        assert info["caption"] == caption
        assert info["is_ai_generated"] is True


@on(Route)
@pytest.mark.parametrize(
    "caption", [EMOJI * 1100 + "a", "\ud83d" + "half a whale", "@a " * 31], ids=len
)
def test_a_caption_that_tiktok_refuses_is_not_sent(bench, caption):
    """One unit too many, half a character, too many mentions."""
    with nothing_begun(bench), pytest.raises(errors.InvalidParams):
        bench.begin(bench.saying(caption=caption))


@on(Route)
def test_a_cover_behind_the_end_is_not_sent(bench):
    """TikTok would fail the post later."""
    with nothing_begun(bench), pytest.raises(errors.InvalidParams):
        bench.begin(bench.saying(cover_ms=3001))


@on(Route)
def test_a_file_of_four_gigabytes_and_a_byte_is_not_sent(bench, tmp_path):
    """A sparse file: the disk has no such room, and nobody reads it."""
    path = tmp_path / "huge.mp4"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    huge = bench.order.file.__class__(path, "0" * 64, MAX_FILE_BYTES + 1, duration_s=3.0)
    order = bench.order.__class__(bench.order.publication_id, bench.order.draft, huge)
    with nothing_begun(bench), pytest.raises(errors.MediaRejected):
        bench.begin(order)


@on(ASKING)
def test_a_video_longer_than_the_account_may_post_is_not_sent(bench, clip):
    """Asked for each post, because it depends on the account."""
    with nothing_begun(bench), pytest.raises(errors.MediaRejected):
        bench.begin(bench.with_file(clip, duration_s=601.0))


@on(ASKING)
def test_an_mp4_that_is_none_fails_with_its_reason(bench, tmp_path):
    """TikTok looks into the file; a person is told what to do."""
    path = tmp_path / "fake.mp4"
    path.write_bytes(b"this is no video at all" * 100)
    order = bench.with_file(path)
    begun = bench.begin(order)
    bench.publisher.deliver(begun, order.file)
    outcome = bench.publisher.outcome(begun.publish_id)
    assert outcome.state is S.FAILED
    assert "file_format_check_failed" in outcome.note
    bench.sandbox.advance(HOUR)
    assert bench.posts() == []


@on(BY_TIKTOK)
def test_the_post_id_may_come_hours_later(bench):
    """Posted, and without an id for as long as moderation takes."""
    bench.switch(posting_moderation_s=2 * HOUR)
    begun = bench.post()
    bench.publisher.outcome(begun.publish_id)
    bench.sandbox.advance(HOUR)
    assert bench.publisher.outcome(begun.publish_id).state is S.PROCESSING
    bench.sandbox.advance(HOUR + 100)
    assert bench.publisher.outcome(begun.publish_id).state is S.PUBLISHED


@on(ASKING)
@pytest.mark.parametrize("reason", ["internal", "spam_risk_text", "auth_removed", "a_new_word"])
def test_a_failed_publication_tells_its_reason(bench, reason):
    """In TikTok's word, with what to do about it."""
    begun = bench.post()
    publications = bench.sandbox.world.publications
    publications.refused(begun.publish_id, reason, now=int(bench.sandbox.now.timestamp()))
    outcome = bench.publisher.outcome(begun.publish_id)
    assert (outcome.state, outcome.post_id) == (S.FAILED, None)
    assert reason in outcome.note


@on(ASKING)
def test_an_unknown_publication_is_not_found(bench):
    """Lost is an answer of its own."""
    with pytest.raises(errors.NotFound):
        bench.publisher.outcome("v_pub_url~v1.404")


@on(Route)
def test_delivering_twice_posts_once(bench):
    """Also by another process, with what was stored and nothing else."""
    begun = bench.post()
    kept = begun.upload and SecretStr(begun.upload.get_secret_value())
    bench.make().deliver(Begun(begun.publish_id, kept), bench.order.file)
    bench.publisher.deliver(begun, bench.order.file)
    assert bench.requests(UPLOAD, "PUT") == (CHUNKS if bench.traits.uploads else 0)
    bench.publisher.outcome(begun.publish_id)
    bench.sandbox.advance(600)
    bench.publisher.outcome(begun.publish_id)
    assert len(bench.posts()) == (0 if bench.publisher.route.needs_person else 1)


class KilledError(Exception):
    """The process ends here."""


@on(UPLOADING)
def test_an_upload_killed_between_chunks_is_continued(bench):
    """By another process, which sends only what is missing."""
    begun = bench.begin()

    def killed(_: int) -> None:
        raise KilledError

    session = UploadSession.from_secret(begun.upload)
    with pytest.raises(KilledError):
        posting_client(bench.sandbox, tokens_of(bench.sandbox)).upload(
            bench.order.file.path, session, killed
        )
    bench.make().deliver(begun, bench.order.file)
    assert bench.requests(UPLOAD, "PUT") == CHUNKS


@on(UPLOADING)
@pytest.mark.parametrize("kind", ["http_500", "http_500_after", "timeout_after", "close_mid_body"])
def test_an_upload_survives_a_stumble(bench, kind):
    """Before or after a chunk was stored."""
    begun = bench.begin()
    bench.arm(kind, "/upload", skip=1)
    bench.publisher.deliver(begun, bench.order.file)
    bench.sandbox.advance(600)
    outcome = bench.publisher.outcome(begun.publish_id)
    assert outcome.state in (S.PROCESSING, S.PUBLISHED, S.UNCONFIRMED)


@on(UPLOADING)
def test_an_address_that_ends_between_chunks_is_told(bench):
    """Nothing can have been posted, and a new attempt may begin."""
    begun = bench.begin()
    session = UploadSession.from_secret(begun.upload)
    with pytest.raises(errors.UploadExpired) as caught:
        posting_client(bench.sandbox, tokens_of(bench.sandbox)).upload(
            bench.order.file.path, session, lambda _: bench.sandbox.advance(HOUR + 1)
        )
    assert not caught.value.may_have_taken_effect
    bench.publisher.deliver(begun, bench.order.file)  # TikTok is done with it
    assert bench.publisher.outcome(begun.publish_id).state is S.FAILED
    assert bench.posts() == []


@on(UPLOADING)
def test_an_upload_whose_address_was_lost_is_told(bench):
    """It cannot go on, and ends by itself."""
    begun = bench.begin()
    with pytest.raises(errors.UploadExpired, match="not kept"):
        bench.publisher.deliver(Begun(begun.publish_id), bench.order.file)


@on([Route.CONTENT_POSTING])
def test_a_privacy_level_that_is_not_offered_is_refused(bench):
    """Here when the account did not offer it, by TikTok when it has changed since."""
    with nothing_begun(bench), pytest.raises(errors.PrivacyNotOffered):
        bench.begin(bench.saying(privacy_level="FOLLOWER_OF_CREATOR"))
    with nothing_begun(bench), pytest.raises(ItemError, match="nobody chose"):
        bench.begin(bench.saying(privacy_level=None))
    allowance = bench.publisher.allowance()
    bench.switch(account_private=True)
    with pytest.raises(errors.PrivacyNotOffered) as caught:
        bench.publisher.begin(bench.order, allowance)
    assert not caught.value.may_have_taken_effect
    assert "FOLLOWER_OF_CREATOR" in bench.publisher.allowance().privacy_levels


@on([route for route in Route if not TRAITS[route].offers_privacy])
def test_a_route_without_a_choice_offers_no_privacy(bench):
    """So nobody is asked to choose what cannot be sent."""
    assert bench.publisher.allowance().privacy_levels == ()


@on(UPLOADING)
@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("spam_risk_too_many_posts", errors.PostingCapReached),
        ("spam_risk_user_banned_from_posting", errors.PostingBanned),
        ("spam_risk", errors.SpamRisk),
    ],
)
def test_a_refused_account_is_told_before_and_at_the_post(bench, word, error):
    """A cap waits, a ban stops; nothing may have been posted."""
    allowance = bench.publisher.allowance()
    bench.switch(posting_refusal=word)
    with pytest.raises(error):
        bench.publisher.allowance()
    with pytest.raises(error) as caught:
        bench.publisher.begin(bench.order, allowance)
    assert not caught.value.may_have_taken_effect


@on(ASKING)
def test_a_disconnected_account_stops(bench):
    """Its consent is gone: a person must connect it again."""
    allowance = bench.publisher.allowance()
    for token in bench.secrets[:2]:
        bench.sandbox.sandbox.tokens.revoke(token)
    with pytest.raises(StopError):
        bench.publisher.allowance()
    with pytest.raises(StopError) as caught:
        bench.publisher.begin(bench.order, allowance)
    assert isinstance(caught.value, errors.TikTokError)
    assert not caught.value.may_have_taken_effect
    assert bench.posts() == []


@on(BY_TIKTOK)
def test_a_renamed_account_posts_and_is_listed_as_before(bench):
    """Tokens and lists go by the account's id, not by its handle."""
    begun_at = bench.sandbox.now
    begun = bench.post()
    bench.change_account(username="another.name")
    bench.sandbox.advance(600)
    outcome = bench.publisher.outcome(begun.publish_id)
    assert outcome.state is S.PUBLISHED
    listed = bench.publisher.posts_since(begun_at - timedelta(hours=1))
    assert [video.item_id for video in listed] == [outcome.post_id]
    if bench.traits.offers_privacy:
        assert bench.publisher.allowance().username == "another.name"
    bench.post()


@on(ASKING)
def test_a_banned_account_is_told_with_its_reason(bench):
    """At once where the host is asked before the post, else by what becomes of it."""
    allowance = bench.publisher.allowance()
    bench.change_account(is_banned=True)
    if bench.traits.uploads:
        with pytest.raises(errors.PostingBanned):
            bench.publisher.allowance()
        with pytest.raises(errors.PostingBanned):
            bench.publisher.begin(bench.order, allowance)
    else:
        begun = bench.post()
        bench.sandbox.advance(600)
        outcome = bench.publisher.outcome(begun.publish_id)
        assert outcome.state is S.FAILED
        assert "a person must appeal" in outcome.note
    assert bench.posts() == []


@on(Route)
def test_no_secret_is_left_anywhere(bench, caplog):
    """Tokens, signed addresses and upload addresses are in no log line, error or repr."""
    caplog.set_level("DEBUG")
    begun = bench.post()
    told = [repr(begun), repr(bench.publisher), str(begun)]
    if bench.traits.begins_at:
        allowance = bench.publisher.allowance()
        bench.arm("http_500_after", bench.traits.begins_at)
        with pytest.raises(DreamBoxError) as caught:
            bench.publisher.begin(bench.order, allowance)
        told += [str(caught.value), repr(caught.value)]
    secrets = [*bench.secrets, *(url.rpartition("signature=")[2] for url in bench.secrets[2:])]
    if begun.upload:
        address = UploadSession.from_secret(begun.upload).upload_url.get_secret_value()
        secrets += [address, address.rpartition("=")[2]]
    text = "\n".join([caplog.text, *told])
    assert [secret for secret in secrets if secret in text] == []
