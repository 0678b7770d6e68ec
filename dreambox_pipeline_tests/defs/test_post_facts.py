"""The facts of a post come from the ledger, the file and the settings, and nothing is taken on trust."""

import io
from dataclasses import replace
from shutil import copyfile

import pytest
import sqlalchemy as sa
from rich.console import Console

from dreambox_pipeline.cli.compliance import print_compliance
from dreambox_pipeline.defs import post_outlook, posts
from dreambox_pipeline.defs.post_facts import post_facts, rule_breaches
from dreambox_pipeline.publishers import declarations
from dreambox_pipeline.stages.posts.model import PostDraft, Route
from dreambox_pipeline.stages.posts.publisher import Allowance, PostFile, PostOrder
from dreambox_pipeline.storage.tables import dreams, post_drafts, provenance

DRAFT = PostDraft("A whale in the corridor. AI-generated video.", ("dreams",), cover_ms=500)
LIVE = {
    "tiktok_base_url": "https://business-api.tiktok.com/open_api/v1.3",
    "tiktok_developer_base_url": "https://open.tiktokapis.com/v2",
}


@pytest.fixture
def video(workshop):
    return workshop.finished_video()[1]


@pytest.fixture
def ask(workshop, video):
    """Asks for breaches, with anything about the question changed."""

    def asked(route=Route.ACCOUNTS_API, draft=DRAFT, allowance=None, file=None, **settings):
        path = file or workshop.media.get(video.content_hash, ".mp4")
        post_file = PostFile(path, video.content_hash, video.size_bytes, video.duration_s)
        with workshop.ledger.read() as connection:
            return rule_breaches(
                connection,
                PostOrder("pub_1", draft, post_file),
                allowance or Allowance(),
                route=route,
                video=video,
                settings=workshop.settings.model_copy(update=settings),
            )

    return asked


@pytest.fixture
def change(workshop, video):
    """Changes the row of the video in a table."""

    def changed(table, **values):
        key = dreams.c.dream_id if table is dreams else table.c.render_id
        name = video.dream_id if table is dreams else video.render_id
        with workshop.ledger.write() as connection:
            connection.execute(sa.update(table).where(key == name).values(**values))

    return changed


@pytest.fixture
def record(workshop, video, change):
    """Changes the provenance record of the video."""

    def changed(**values):
        with workshop.ledger.read() as connection:
            known = connection.scalar(
                sa.select(provenance.c.record).where(provenance.c.render_id == video.render_id)
            )
        change(provenance, record=known | values)

    return changed


def rules_in(breaches):
    """The ids of the rules that stand in them."""
    return [breach.split(" Rule ")[1].split(":")[0] for breach in breaches]


def test_a_good_video_breaks_nothing(ask) -> None:
    """By the route that is set, against the sandbox."""
    assert ask() == []


def test_a_breach_is_told_with_its_rule_and_source(ask) -> None:
    """Whoever reads the failure can look the rule up."""
    (told,) = ask(draft=replace(DRAFT, caption="x" * 2201))
    assert "2201 UTF-16 units" in told
    assert "Rule caption-length: A caption has at most 2200" in told
    assert "Publish a video (doc 1762228496095234); read 2026-11-22" in told


def test_the_account_is_heard(ask) -> None:
    """What it allows was asked for this post."""
    assert rules_in(ask(allowance=Allowance(max_duration_s=1.0))) == ["account-duration"]
    assert ask(allowance=Allowance(comment_disabled=True, duet_disabled=True)) == []


@pytest.mark.parametrize(
    ("route", "module", "name"),
    [
        (Route.ACCOUNTS_API, declarations, "post_info"),
        (Route.CONTENT_POSTING, declarations, "direct_post"),
    ],
)
def test_the_rules_see_what_the_publisher_sends(ask, monkeypatch, route, module, name) -> None:
    """A publisher that forgets the label or a disabled toggle is found out before it posts."""
    levels = ("PUBLIC_TO_EVERYONE",)
    known = {"allowance": Allowance(privacy_levels=levels, duet_disabled=True)}
    draft = replace(DRAFT, privacy_level="PUBLIC_TO_EVERYONE")
    public = {"post_privacy": "PUBLIC_TO_EVERYONE"}
    assert ask(route, draft, **known, **public) == []
    make = getattr(module, name)

    def forgetful(*given):
        flags = {"is_ai_generated": False, "is_aigc": False, "disable_duet": None}
        made = make(*given)
        fields = type(made).model_fields
        return made.model_copy(update={flag: v for flag, v in flags.items() if flag in fields})

    monkeypatch.setattr(module, name, forgetful)
    found = rules_in(ask(route, draft, **known, **public))
    # The developer host's toggles are added where the request is written.
    toggles = ["disabled-toggles"] if route is Route.ACCOUNTS_API else []
    assert found == ["ai-flag", *toggles]


def test_a_cover_before_the_video_is_a_breach_and_no_crash(ask) -> None:
    """Whoever edited the draft reads what is wrong with it."""
    assert rules_in(ask(draft=replace(DRAFT, cover_ms=-1))) == ["cover-time"]


def test_the_file_is_opened_and_its_bytes_are_compared(ask, workshop, video, tmp_path) -> None:
    """A file that changed in the store is not what a person approved; one that is no video is told."""
    other = copyfile(workshop.media.get(video.content_hash, ".mp4"), tmp_path / "other.mp4")
    with other.open("ab") as file:
        file.write(b"\0\0\0\x08free")
    assert rules_in(ask(file=other)) == ["approved-file"]
    page = tmp_path / "page.mp4"
    page.write_text("<html>")
    assert rules_in(ask(file=page)) == ["readable", "approved-file"]
    assert rules_in(ask(file=tmp_path / "gone.mp4")) == ["readable", "approved-file"]


def test_a_file_without_a_record_is_not_posted(ask, workshop) -> None:
    """Nobody could say what is on it."""
    with workshop.ledger.write() as connection:
        connection.execute(sa.delete(provenance))
    assert rules_in(ask()) == ["provenance"]


def test_overlays_are_those_of_the_record(ask, record) -> None:
    """Not a constant: what finishing drew is what the destination has to allow."""
    record(edit={"overlays": ["title", "watermark"]})
    assert rules_in(ask()) == ["overlays"]
    record(edit={"overlays": ["title"]})
    assert ask() == []
    assert rules_in(ask(Route.MANUAL_KIT)) == ["ai-label-drawn", "required-overlays"]
    assert rules_in(ask(Route.INBOX_DRAFT)) == ["ai-label-drawn"]


def test_a_sound_that_nobody_vouches_for_blocks(ask, record) -> None:
    """Also one of an older record, whose generator has no entry any more."""
    record(sound="a hit of last summer")
    assert rules_in(ask()) == ["sound-rights"]
    record(sound="", generator="of_long_ago")
    assert rules_in(ask()) == ["sound-rights"]
    record(sound="", generator="gemini_omni")
    assert ask() == []


def test_a_missing_signature_needs_its_reason(ask, change, record) -> None:
    """Credentials are in the file, or somebody wrote down why not."""
    change(provenance, unsigned_reason=None)
    assert rules_in(ask()) == ["content-credentials"]
    record(content_credentials={"manifest": "urn:c2pa:1"})
    assert ask() == []


@pytest.mark.parametrize("route", [Route.ACCOUNTS_API, Route.INBOX_DRAFT])
def test_the_stand_in_stays_on_this_machine(ask, record, route) -> None:
    """Whichever host the route goes to; the operator may think otherwise."""
    record(generator="synthetic")
    assert ask(route) == []
    assert rules_in(ask(route, **LIVE)) == ["stand-in"]
    assert ask(route, **LIVE, post_stand_ins=True) == []


def test_each_route_looks_at_its_own_host(ask, record) -> None:
    """A sandbox of the one host does not excuse the other."""
    record(generator="synthetic")
    developer = {"tiktok_developer_base_url": LIVE["tiktok_developer_base_url"]}
    assert ask(Route.ACCOUNTS_API, **developer) == []
    assert rules_in(ask(Route.INBOX_DRAFT, **developer)) == ["stand-in"]
    assert rules_in(ask(Route.INBOX_DRAFT, tiktok_developer_base_url="")) == ["stand-in"]


def test_a_kit_of_the_stand_in_needs_the_operators_word(ask, record) -> None:
    """A person would post it wherever they are logged in, which is no sandbox."""
    record(generator="synthetic")
    assert rules_in(ask(Route.MANUAL_KIT)) == ["stand-in"]
    assert ask(Route.MANUAL_KIT, post_stand_ins=True) == []


def test_privacy_is_a_persons_choice_or_the_settings(ask, workshop, video) -> None:
    """A level that merely stands in the request was chosen by nobody."""
    levels = Allowance(privacy_levels=("PUBLIC_TO_EVERYONE", "SELF_ONLY"))
    route = Route.CONTENT_POSTING
    everyone = replace(DRAFT, privacy_level="PUBLIC_TO_EVERYONE")
    assert rules_in(ask(route, allowance=levels)) == ["privacy-chosen"]
    assert rules_in(ask(route, everyone, levels)) == ["privacy-chosen"]
    assert ask(route, everyone, levels, post_privacy="PUBLIC_TO_EVERYONE") == []
    with workshop.ledger.write() as connection:
        chosen = sa.insert(post_drafts).values(
            render_id=video.render_id,
            caption="",
            hashtags=[],
            alt_text="",
            cover_ms=0,
            privacy_level="SELF_ONLY",
            is_brand_organic=False,
            is_branded_content=False,
            writer="embedded",
            policy_version=0,
            written_at=workshop.now,
        )
        connection.execute(chosen)
    own = replace(DRAFT, privacy_level="SELF_ONLY")
    assert ask(route, own, levels, post_privacy="PUBLIC_TO_EVERYONE") == []
    assert rules_in(ask(route, everyone, levels, post_privacy="PUBLIC_TO_EVERYONE")) == [
        "privacy-chosen"
    ]
    assert rules_in(ask()) == ["accounts-api-is-public"]


def test_the_setting_for_uploads_does_not_bind_the_accounts_api(ask) -> None:
    """It says so: that route posts in public, as its operator knows."""
    assert ask(post_privacy="SELF_ONLY") == []


def test_brand_flags_are_what_was_declared(ask) -> None:
    """Nobody declared anything about this one."""
    assert rules_in(ask(draft=replace(DRAFT, is_branded_content=True))) == ["brand-flags"]


def test_todays_screening_counts(ask, change) -> None:
    """The rules may be stricter than on the day the video was made."""
    change(dreams, text="I dreamt that I was raped by my uncle in the old school")
    assert rules_in(ask()) == ["screening"]


def test_a_caption_is_screened_like_any_text(ask) -> None:
    """A person wrote it last, and a person can be careless."""
    assert rules_in(ask(draft=replace(DRAFT, caption="A 7 year old girl in a corridor"))) == [
        "no-minors"
    ]


def test_facts_without_the_account_leave_its_rules_open(workshop, video) -> None:
    """For who looks early."""
    path = workshop.media.get(video.content_hash, ".mp4")
    file = PostFile(path, video.content_hash, video.size_bytes, video.duration_s)
    with workshop.ledger.read() as connection:
        facts = post_facts(
            connection,
            DRAFT,
            file,
            None,
            route=Route.ACCOUNTS_API,
            video=video,
            settings=workshop.settings,
        )
    assert facts.account is None


def warned(workshop, **settings):
    """The check's result."""
    parts = {"settings": workshop.settings.model_copy(update=settings)}
    result = workshop.run(posts.post_queue, post_outlook.posts_would_pass_now, **parts)
    (found,) = result.get_asset_check_evaluations()
    return found


def test_planned_videos_that_would_fail_are_told_before_their_slot(workshop) -> None:
    """As a warning: the queue goes on, and a person has time."""
    workshop.queued_video()
    assert warned(workshop).passed
    with workshop.ledger.write() as connection:
        connection.execute(sa.update(provenance).values(unsigned_reason=None))
    found = warned(workshop)
    assert (found.passed, found.severity.value) == (False, "WARN")
    assert found.metadata["would_fail"].value == 1
    assert "content-credentials" in found.metadata["preview"].value


def test_a_kit_route_is_judged_as_such(workshop) -> None:
    """The check and the command look at the route that is set."""
    workshop.queued_video()
    assert warned(workshop, posting_route="content_posting").metadata["would_fail"].value == 1
    everyone = {"posting_route": "content_posting", "post_privacy": "PUBLIC_TO_EVERYONE"}
    assert warned(workshop, **everyone).passed


def told(workshop, render_id, **settings):
    out = io.StringIO()
    console = Console(file=out, width=220)
    is_good = print_compliance(render_id, workshop.settings.model_copy(update=settings), console)
    return is_good, out.getvalue()


def test_the_command_prints_every_rule_and_sends_nothing(workshop, video) -> None:
    """With its source and date; the exit code says whether anything blocks."""
    is_good, said = told(workshop, video.render_id)
    assert is_good
    assert "2026-11-22" in said
    assert "asked later" in said
    is_good, said = told(workshop, video.render_id, posting_route="content_posting")
    assert not is_good
    assert "It would not be posted now: privacy-chosen." in said


def test_an_unknown_video_is_a_hint(workshop) -> None:
    """The id is shown as it was typed, and where ids come from."""
    is_good, said = told(workshop, "vid_[red]")
    assert not is_good
    assert "No video has the id 'vid_[red]'" in said
