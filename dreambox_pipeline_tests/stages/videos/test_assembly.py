import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.media.model import Edit, EndCard
from dreambox_pipeline.media.typesetting.scripts import clusters
from dreambox_pipeline.stages.prompts.model import Beat
from dreambox_pipeline.stages.videos.assembly import (
    CREDIT_LENGTH,
    TITLE_LENGTH,
    check_lettering,
    legible,
    plan_edit,
)
from dreambox_pipeline.stages.videos.model import Severity
from dreambox_pipeline.stages.videos.overlays import POLICIES, Destination


def latin_only(text: str) -> bool:
    """Fonts with Latin letters and common signs, nothing else."""
    return all(c < "\u0250" or c in "…–—“”’" for c in text)


def plan(
    title: str = "The flying house", credit: str | None = "dreamt by @lena", **kwargs: object
) -> Edit:
    options: dict[str, object] = {"ai_label": True, "duration_s": 6.0, "can_draw": latin_only}
    return plan_edit(title=title, credit=credit, **(options | kwargs))  # type: ignore[arg-type]


def texts(edit: Edit) -> dict[str, str]:
    return {overlay.kind: overlay.text for overlay in edit.overlays}


def test_title_credit_and_label_are_all_that_is_written() -> None:
    """The creator's content and a disclosure; never the app's name."""
    assert texts(plan()) == {
        "title": "The flying house",
        "credit": "dreamt by @lena",
        "ai_label": "AI-generated",
    }


def test_the_title_leaves_the_picture_alone_after_its_time() -> None:
    """Credit and label stay to the end."""
    ends = {overlay.kind: overlay.end_s for overlay in plan().overlays}
    assert ends == {"title": 2.7, "credit": None, "ai_label": None}


def test_without_a_credit_nobody_is_named() -> None:
    """A dreamer may want to stay unknown."""
    assert set(texts(plan(credit=None))) == {"title", "ai_label"}


def test_the_label_can_be_left_to_the_platform() -> None:
    """The API's flag is separate."""
    assert "ai_label" not in texts(plan(ai_label=False))


def test_long_texts_are_cut_between_words() -> None:
    """At most 60 and 40 characters, with an ellipsis."""
    shown = texts(plan(title="house " * 30, credit="dreamt by " + "x" * 80))
    assert len(shown["title"]) <= TITLE_LENGTH
    assert shown["title"].endswith("house…")
    assert len(shown["credit"]) == CREDIT_LENGTH


def test_emoji_are_dropped_and_the_words_stay() -> None:
    """Families, flags and skin tones leave nothing behind."""
    title = "👨‍👩‍👧 The 🐋 house ❤️ flies 👍🏽 2️⃣"
    assert texts(plan(title=title))["title"] == "The house flies 2"


def test_emoji_stay_when_the_fonts_have_them() -> None:
    """Dropping is for fonts that lack them."""
    assert texts(plan(title="The 🐋 house", can_draw=lambda _: True))["title"] == "The 🐋 house"


def test_a_script_without_fonts_is_left_out_and_reported() -> None:
    """Never boxes; the reviewer reads why the title is missing."""
    edit = plan(title="空飛ぶ家", credit="夢を見た人")
    assert set(texts(edit)) == {"ai_label"}
    title, credit = check_lettering(
        edit, title="空飛ぶ家", credit="夢を見た人", can_draw=latin_only
    )
    assert (title.passed, title.severity) == (False, Severity.WARN)
    assert "空飛ぶ家" in title.message
    assert "Han (such as 空), Hiragana (such as ぶ)" in title.message
    assert "`dreambox fonts install`" in title.message
    # The dreamer was promised a credit.
    assert (credit.passed, credit.severity) == (False, Severity.ERROR)


def test_what_is_on_the_picture_is_reported_too() -> None:
    """A passed finding shows the words."""
    findings = check_lettering(
        plan(), title="The flying house", credit="dreamt by @lena", can_draw=latin_only
    )
    assert [f.passed for f in findings] == [True, True]
    assert "The flying house" in findings[0].message


def test_a_dropped_emoji_is_reported_and_blocks_nothing() -> None:
    """The words are there; the reviewer reads how to get the rest."""
    edit = plan(title="The 🐋 house", credit="dreamt by @lena 🐋")
    found = check_lettering(
        edit, title="The 🐋 house", credit="dreamt by @lena 🐋", can_draw=latin_only
    )
    assert [(f.passed, f.severity) for f in found] == [(False, Severity.WARN)] * 2
    assert "fonts install" in found[1].message


def test_a_credit_with_the_apps_name_in_it_is_left_out_whole_and_blocks() -> None:
    """Half a handle is another person's; somebody has to ask the dreamer."""
    edit = plan(credit="dreamt by @dreambox_fan")
    assert "credit" not in texts(edit)
    (_, credit) = check_lettering(
        edit, title="x", credit="dreamt by @dreambox_fan", can_draw=latin_only
    )
    assert (credit.passed, credit.severity) == (False, Severity.ERROR)
    assert "own name" in credit.message


BEATS = (
    Beat(at_s=0, action="the sea lies still, the figure stands small in the frame"),
    Beat(at_s=2, action="the whale passes once, slowly, in front of the light"),
    Beat(at_s=4, action="the figure lifts its head once and looks up"),
)


def test_beats_become_subtitles_that_end_before_the_black() -> None:
    """In order, and none while the picture goes."""
    lines = [each for each in plan(beats=BEATS).overlays if each.kind == "subtitle"]
    assert [line.text for line in lines] == [
        "The sea lies still",
        "The whale passes, slowly",
        "The dreamer lifts their head",
    ]
    assert lines[-1].end_s == 6.0 - 0.35


def test_the_end_card_takes_over_from_everything_but_the_label() -> None:
    """A disclosure is there to the last frame; the rest would lie over the card."""
    edit = plan(beats=BEATS, end_card=True)
    assert edit.end_card == EndCard("The flying house", "dreamt by @lena")
    ends = {each.kind: each.end_s for each in edit.overlays}
    assert ends["ai_label"] is None
    assert ends["credit"] == ends["subtitle"] == 6.0 - 0.6
    assert edit.length_s(6.0) == pytest.approx(6.9)


def test_a_card_with_nothing_to_say_is_no_card() -> None:
    """Nor has a clip of a second one."""
    assert plan(title="", credit=None, end_card=True).end_card is None
    assert plan(duration_s=1.0, end_card=True).end_card is None


def test_a_preview_names_nobody_and_has_no_card() -> None:
    """It is for the team's eyes."""
    edit = plan(beats=BEATS, end_card=True, policy=POLICIES[Destination.PREVIEW])
    assert set(texts(edit)) == {"title", "subtitle", "ai_label"}
    assert edit.end_card is None


def test_a_file_for_a_person_says_that_it_is_ai_made_whatever_was_asked() -> None:
    """No API flag travels with a file."""
    assert "ai_label" in texts(plan(ai_label=False, policy=POLICIES[Destination.MANUAL]))


def test_without_a_promised_credit_there_is_no_finding() -> None:
    """Nobody to name is no fault."""
    findings = check_lettering(
        plan(credit=None), title="The flying house", credit=None, can_draw=latin_only
    )
    assert [f.check for f in findings] == ["title_lettering"]


def test_links_are_removed() -> None:
    """A link in the picture is promotion."""
    title = "House https://evil.example/x?y=1 flies www.buy.example now"
    assert texts(plan(title=title))["title"] == "House flies now"


def test_hidden_and_reordering_characters_are_removed() -> None:
    """Bidi overrides, zero-width spaces, controls and line breaks."""
    assert legible("The\u202e ho\u200buse\n\x07 flies\ufeff", limit=60, can_draw=latin_only) == (
        "The house flies"
    )


def test_an_empty_title_is_no_overlay() -> None:
    """Also one that is empty only after cleaning."""
    assert "title" not in texts(plan(title=" \u200b "))
    assert "title" not in texts(plan(title="🐋🐋"))


def test_a_cut_keeps_accents_on_their_letters() -> None:
    """A combining mark is never the first thing cut off."""
    text = "x" * 8 + "q\u0307" * 20
    shown = legible(text, limit=12, can_draw=lambda _: True)
    assert len(clusters(shown)) == 12
    assert not shown.removesuffix("…").endswith("q")


@pytest.mark.parametrize("letter", ["👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "क्षि", "👍🏽"])
def test_a_cut_never_goes_through_a_letter(letter: str) -> None:
    """Half a family is another family, and half a flag is a plain black one."""
    shown = legible(letter * 20, limit=12, can_draw=lambda _: True)
    assert shown == letter * 11 + "…"


def test_a_flag_keeps_the_tags_that_spell_it() -> None:
    """Without them the flag of England is a plain black one."""
    england = "🏴󠁧󠁢󠁥󠁮󠁧󠁿"
    assert legible(f"{england} house", limit=60, can_draw=lambda _: True) == f"{england} house"


def test_only_the_emoji_that_no_font_has_is_dropped_and_it_is_named() -> None:
    """A flag of nowhere costs the others nothing; the reviewer reads which it was."""
    nowhere = "🇽🇽"

    def can_draw(text: str) -> bool:
        return nowhere not in text

    edit = plan(title=f"The 🐋 house {nowhere}", can_draw=can_draw)
    assert texts(edit)["title"] == "The 🐋 house"
    title, _ = check_lettering(edit, title=f"The 🐋 house {nowhere}", credit="x", can_draw=can_draw)
    assert not title.passed
    assert f"emoji (such as {nowhere})" in title.message


@pytest.mark.parametrize("name", ["@🐋", "@🐋 of the sea"])
def test_a_credit_without_its_name_is_left_out_and_blocks(name: str) -> None:
    """`dreamt by @` names nobody, and what stood after the sign is not the handle."""
    credit = f"dreamt by {name}"
    edit = plan(credit=credit)
    assert "credit" not in texts(edit)
    (_, found) = check_lettering(edit, title="x", credit=credit, can_draw=latin_only)
    assert (found.passed, found.severity) == (False, Severity.ERROR)
    assert "`dreambox fonts install`" in found.message


def test_a_very_short_clip_keeps_the_title_inside() -> None:
    """Nothing ends after the clip does or before it starts."""
    for overlay in plan(duration_s=0.1).overlays:
        assert overlay.start_s <= 0.1
        assert overlay.end_s is None or overlay.start_s <= overlay.end_s <= 0.1


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=150), st.none() | st.text(max_size=150), st.floats(0.1, 600))
def test_any_text_gives_short_drawable_lines(
    title: str, credit: str | None, duration_s: float
) -> None:
    """What is planned can be drawn, fits, and planning it again changes nothing."""
    shown = texts(plan(title=title, credit=credit, duration_s=duration_s))
    assert all(latin_only(text) and text == text.strip() for text in shown.values())
    assert len(shown.get("title", "")) <= TITLE_LENGTH
    assert len(shown.get("credit", "")) <= CREDIT_LENGTH
    if "title" in shown:
        assert legible(shown["title"], limit=TITLE_LENGTH, can_draw=latin_only) == shown["title"]
