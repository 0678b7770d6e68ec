"""A reviewer words the post: every rule is said at its field, nobody's change is lost unseen."""

import html
import re

import httpx
import pytest
import sqlalchemy as sa

from dreambox_pipeline.desk.post_rules import PostRules
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.stages.posts.model import PostDraft, Route
from dreambox_pipeline.stages.posts.model import PublicationState as S
from dreambox_pipeline.storage.ledger import post_drafts, publications
from dreambox_pipeline.storage.tables import audit_log

PAGE = {"Accept": "text/html"}
CAPTION = "A whale\n\nA dream told by @sleepy.sol.\nAI-generated video.\n\n#dreams #ocean"


def drafted(studio, *states: S, queued: bool = False):
    """A video whose caption was written, and what became of its post."""
    row = studio.video()
    with studio.ledger.write() as connection:
        post_drafts.write(
            connection,
            row.render_id,
            PostDraft(CAPTION, ("dreams", "ocean")),
            writer="embedded",
            policy_version=0,
            now=studio.clock.now,
        )
    if queued or states:
        studio.queue(row, *states)
    return row


def stored(studio, row) -> post_drafts.StoredDraft:
    with studio.ledger.read() as connection:
        found = post_drafts.get(connection, row.render_id)
    assert found is not None
    return found


def fields(studio, row, **changes: object) -> dict[str, object]:
    now = stored(studio, row)
    same = {
        "seen": (now.edited_at or now.written_at).isoformat(),
        "caption": now.draft.caption,
        "alt_text": now.draft.alt_text,
        "cover_s": "1",
        "reviewer": "Mira",
    }
    return same | changes


def save(studio, desk: httpx.Client, row, **changes: object) -> httpx.Response:
    return desk.post(f"/videos/{row.render_id}/draft", json=fields(studio, row, **changes))


def test_what_is_saved_is_what_is_posted(studio, desk) -> None:
    """The draft and the publication that waits say the same, and the audit chain who changed it."""
    row = drafted(studio, queued=True)
    words = CAPTION.replace("A whale", "A whale, \N{SPOUTING WHALE}")
    answer = save(
        studio, desk, row, caption=words, alt_text="A whale.", cover_s="2,5",
        privacy="FOLLOWER_OF_CREATOR", is_brand_organic=True,
    )  # fmt: skip
    assert answer.json() == {"render_id": row.render_id, "is_new": True}
    draft = stored(studio, row).draft
    assert draft == PostDraft(
        words, ("dreams", "ocean"), "A whale.", 2500, "FOLLOWER_OF_CREATOR", is_brand_organic=True
    )
    with studio.ledger.read() as connection:
        publication = publications.get(connection, f"pub_{row.render_id}")
        last = connection.execute(sa.select(audit_log).order_by(audit_log.c.seq.desc())).mappings()
        entry = next(iter(last))
    assert publication.draft == draft
    assert (entry["actor"], entry["action"]) == ("reviewer:Mira", "post_draft.edited")
    assert "whale" not in str(entry["detail"])


def test_saving_twice_is_one_change(studio, desk) -> None:
    """A double click sends the first page's time again."""
    row = drafted(studio)
    body = fields(studio, row, alt_text="A whale.")
    first, second = (desk.post(f"/videos/{row.render_id}/draft", json=body) for _ in range(2))
    assert (first.json()["is_new"], second.json()["is_new"]) == (True, False)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"caption": CAPTION + "\N{WHALE}" * 1100}, "caption", "2200"),
        ({"caption": CAPTION + " @a" * 30}, "caption", "31 mentions"),
        ({"caption": CAPTION.replace("AI-generated", "Real")}, "caption", "AI-generated"),
        ({"caption": CAPTION.replace("@sleepy.sol", "somebody")}, "caption", "@sleepy.sol"),
        ({"cover_s": "6"}, "cover_s", "6.0 s"),
        ({"alt_text": "w" * 5000}, "alt_text", "5000"),
        ({"privacy": "NOBODY"}, "privacy", "NOBODY"),
        ({"privacy": "SELF_ONLY", "is_branded_content": True}, "privacy", "paid partnership"),
    ],
)
def test_a_broken_rule_is_said_at_its_field(studio, desk, changes, field, words) -> None:
    """Without a script, too: the server counts and says what to do, and keeps what was typed."""
    row = drafted(studio)
    answer = save(studio, desk, row, **changes)
    assert answer.status_code == 422
    assert any(words in sentence for sentence in answer.json()["errors"][field])
    typed = {name: str(value) for name, value in fields(studio, row, **changes).items()}
    page = desk.post(f"/videos/{row.render_id}/draft", data=typed, headers=PAGE)
    assert page.status_code == 422
    text = html.unescape(page.text)
    assert f'id="{field}-errors"' in text
    assert typed["caption"] in text
    assert stored(studio, row).edited_at is None


def test_a_change_in_between_is_shown_and_not_overwritten(studio, desk) -> None:
    """Two reviewers at once: the second reads the first one's words before they go."""
    row = drafted(studio)
    old = fields(studio, row)["seen"]
    theirs = CAPTION.replace("A whale", "Theirs")
    studio.clock.now = studio.clock.now.replace(minute=5)
    assert save(studio, desk, row, caption=theirs, reviewer="Noor").status_code == 200

    mine = CAPTION.replace("A whale", "Mine")
    answer = save(studio, desk, row, seen=old, caption=mine)
    assert answer.status_code == 409
    assert answer.json()["newer"]["edited_by"] == "reviewer:Noor"
    assert stored(studio, row).draft.caption == theirs

    typed = {
        name: str(value) for name, value in fields(studio, row, seen=old, caption=mine).items()
    }
    page = desk.post(f"/videos/{row.render_id}/draft", data=typed, headers=PAGE)
    assert page.status_code == 409
    text = html.unescape(page.text)
    assert "Noor changed it meanwhile" in text
    assert theirs in text
    assert mine in text
    seen = re.search(r'name="seen" value="([^"]+)"\s*>\s*<div class="field"', text)
    assert seen is not None
    again = desk.post(
        f"/videos/{row.render_id}/draft", data=typed | {"seen": seen[1]}, headers=PAGE
    )
    assert again.status_code == 303
    assert stored(studio, row).draft.caption == mine


@pytest.mark.parametrize(
    "states", [(S.CLAIMED,), (S.CLAIMED, S.INITIATED), (S.CLAIMED, S.INITIATED, S.PUBLISHED)]
)
def test_what_was_sent_can_no_longer_be_changed(studio, desk, states) -> None:
    """The words are out; the page shows them without fields."""
    row = drafted(studio, *states)
    assert save(studio, desk, row, alt_text="Too late.").status_code == 409
    text = desk.get(f"/videos/{row.render_id}", headers=PAGE).text
    assert 'name="caption"' not in text
    assert "no program can change them" in text


def test_the_form_works_without_scripts(studio, desk) -> None:
    """Browsers send CR LF and a box only when it is ticked."""
    row = drafted(studio)
    typed = {name: str(value) for name, value in fields(studio, row).items()}
    typed |= {"caption": CAPTION.replace("\n", "\r\n") + "\r\n", "is_branded_content": "true"}
    answer = desk.post(f"/videos/{row.render_id}/draft", data=typed, headers=PAGE)
    assert answer.status_code == 303
    assert "Saved" in desk.get(answer.headers["location"], headers=PAGE).text
    draft = stored(studio, row).draft
    assert (draft.caption, draft.is_branded_content, draft.is_brand_organic) == (
        CAPTION, True, False,
    )  # fmt: skip


@pytest.mark.parametrize("changes", [{"reviewer": ""}, {"seen": "yesterday"}, {"cover_s": "NaN"}])
def test_a_name_and_readable_fields_are_needed(studio, desk, changes) -> None:
    """Nothing is guessed."""
    row = drafted(studio)
    assert save(studio, desk, row, **changes).status_code == 422
    assert stored(studio, row).edited_at is None


def test_another_site_cannot_word_anything(studio, desk) -> None:
    """The same guard as for decisions."""
    row = drafted(studio)
    body = {name: str(value) for name, value in fields(studio, row, alt_text="Evil.").items()}
    answer = desk.post(
        f"/videos/{row.render_id}/draft", data=body, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert stored(studio, row).edited_at is None


def test_a_video_without_a_draft_says_so(studio, desk) -> None:
    """The writer has not run yet; an unknown video is not found."""
    row = studio.video()
    assert "not written yet" in desk.get(f"/videos/{row.render_id}", headers=PAGE).text
    body = {"seen": "2026-11-22T12:00:00Z", "caption": "x", "cover_s": 1, "reviewer": "Mira"}
    for render_id in (row.render_id, "vid_none"):
        assert desk.post(f"/videos/{render_id}/draft", json=body).status_code == 404


@pytest.mark.parametrize(
    ("route", "setting", "expected"),
    [
        (Route.CONTENT_POSTING, "", "not posted until somebody chooses"),
        (Route.CONTENT_POSTING, "FOLLOWER_OF_CREATOR", "As set in the settings: Followers"),
        (Route.MANUAL_KIT, "", "Whoever posts it has to choose"),
        (Route.ACCOUNTS_API, "", "offers no choice"),
    ],
)
def test_who_may_see_it_is_never_chosen_by_default(studio, desk, route, setting, expected) -> None:
    """A choice that nobody made would be a post that nobody wanted public."""
    row = drafted(studio)
    with (
        running_desk(
            ledger=studio.ledger, media=studio.media, keyring=studio.keyring, clock=studio.clock,
            post_rules=PostRules(route=route, privacy=setting),
        ) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):  # fmt: skip
        text = html.unescape(client.get(f"/videos/{row.render_id}", headers=PAGE).text)
    assert expected in text
    assert " selected" not in text
    assert " checked" not in text
    assert desk is not None


def test_approving_says_what_tiktok_wants_said(studio, desk) -> None:
    """The account, the music usage confirmation and that it takes minutes stand before the button."""
    row = drafted(studio)
    text = desk.get(f"/videos/{row.render_id}", headers=PAGE).text
    before, _, _ = text.partition('value="approve"')
    assert "By posting, you agree to TikTok's" in before
    assert "Music Usage Confirmation" in before
    assert "Goes to the account “main”" in before
    assert "it takes TikTok minutes" in before
    assert "Music Usage Confirmation" in desk.get("/", headers=PAGE).text


def test_nobody_approves_words_unseen(studio, desk) -> None:
    """The list where most are approved shows the caption, as text, and where to change it."""
    row = drafted(studio)
    save(studio, desk, row, caption=CAPTION.replace("A whale", "A <b>whale</b>"))
    text = desk.get("/", headers=PAGE).text
    before, _, _ = text.partition('value="approve"')
    assert "A &lt;b&gt;whale&lt;/b&gt;" in before
    assert "#dreams #ocean" in before
    assert f'href="/videos/{row.render_id}#words"' in before
    (shown,) = desk.get("/api/videos").json()["videos"]
    assert shown["caption"] == CAPTION.replace("A whale", "A <b>whale</b>")
