"""What a reviewer sees, in a browser without scripts."""

import html
import re
from datetime import timedelta
from html.parser import HTMLParser

import httpx
import pytest

from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.videos import stand_in
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.storage.erasure import Eraser
from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import dreams
from dreambox_pipeline.storage.warehouse import Warehouse

PAGE = {"Accept": "text/html"}
POLICIES = "https://www.tiktok.com/legal/"
"""What TikTok wants to be linked before a post is approved; nothing is fetched from there."""
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"


def page(desk: httpx.Client, path: str = "/") -> str:
    answer = desk.get(path, headers=PAGE)
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def test_an_empty_desk_says_what_will_appear_and_what_to_do(desk) -> None:
    """Nobody has to guess."""
    text = page(desk)
    assert "appears here by itself" in text
    assert "make demo" in text


def test_a_desk_with_every_decision_made_is_a_different_kind_of_empty(studio, desk) -> None:
    """`make demo` is not what a team that is done needs to hear."""
    row = studio.video()
    body = {"decision": "approve", "reviewer": "Mira", "content_hash": row.content_hash}
    desk.post(f"/videos/{row.render_id}/decisions", json=body)
    text = page(desk)
    assert "All caught up" in text
    assert "make demo" not in text


def test_a_card_shows_what_a_decision_needs(studio, desk) -> None:
    """Title, credit, dream, why, checks, provenance and a way to play and decide."""
    found = (
        Finding("duration", True, Severity.ERROR, 6.0, "6.0 s is between 3 s and 60 s."),
        Finding("darkness", False, Severity.WARN, 0.7, "Most of it is dark."),
    )
    row = studio.video(found=found)
    text = page(desk)
    for words in (
        row.title, "@sleepy.sol", "I dreamt a whale swam across the moon.",
        "A lot to see, and it was told today.", "Moonlit gouache", "1 check passed", "Most of it is dark.",
        stand_in.SENTENCE,
    ):  # fmt: skip
        assert words in text, words
    assert re.search(r'<video src="/media/[0-9a-f]{64}\.mp4\?expires=\d+&amp;signature=', text)
    assert 'preload="none"' in text


def erase(studio, row, *, folder) -> None:
    """As a withdrawal does."""
    with studio.ledger.read() as connection:
        report = dreams.report(connection, row.dream_id)
    lake = Lake(folder / "lake")
    warehouse = Warehouse(folder / "warehouse.duckdb", ledger=studio.ledger, lake=lake)
    eraser = Eraser(
        studio.ledger, lake, studio.media, warehouse, folder / "work", kits_dir=folder / "kits"
    )
    eraser.erase(report.comment_id, reason="withdrawn", now=studio.clock())


def test_nobody_is_asked_to_decide_about_an_erased_dream(studio, desk, tmp_path) -> None:
    """There is nothing to look at; a black player with buttons would wait for ever."""
    row = studio.video()
    erase(studio, row, folder=tmp_path)
    assert row.render_id not in page(desk)
    assert desk.get("/api/videos").json()["videos"] == []
    text = page(desk, f"/videos/{row.render_id}")
    assert "A dream that was taken back" in text
    for word in ("<video", "prefers no name", "Words for the model", "anonymous", row.title):
        assert word not in text


def test_the_addresses_on_a_page_work_for_half_a_day(studio, desk) -> None:
    """Every video, cover and preview the page names can be fetched until then."""
    studio.video()
    urls = [html.unescape(url) for url in re.findall(r'"(/media/[^"]+)"', page(desk))]
    assert len(urls) == 3
    studio.clock.now += timedelta(hours=12) - timedelta(seconds=1)
    assert [desk.get(url).status_code for url in urls] == [200] * 3


def test_a_finding_stands_beside_its_picture(studio, desk) -> None:
    """What did not pass is in sight, what blocks posting first; what passed is folded."""
    dark, black, fine = (studio.file(".webp", name) for name in (b"dark", b"black", b"fine"))
    studio.video(
        has_passed=False,
        found=(
            Finding("darkness", False, Severity.WARN, 0.7, "Most of it is dark.", dark),
            Finding("black", False, Severity.ERROR, 0.9, "It is black.", black),
            Finding("frozen", True, Severity.ERROR, 0.0, "It moves.", fine),
        ),
    )
    text = page(desk)
    assert text.index("It is black.") < text.index("Most of it is dark.")
    assert text.index("Most of it is dark.") < text.index("<details") < text.index("It moves.")
    urls = [html.unescape(url) for url in re.findall(r'<img src="(/media/[^"]+)"', text)]
    assert [url[7:71] for url in urls] == [black, dark, fine]
    assert [desk.get(url).headers["content-type"] for url in urls] == ["image/webp"] * 3
    unsigned = urls[0].partition("?")[0]
    assert desk.get(unsigned).status_code == 403


def test_what_wants_a_look_is_said_at_the_button(studio, desk) -> None:
    """A thumb on a phone is there before the eye has seen the findings."""
    row = studio.video(found=(Finding("low_light", False, Severity.WARN, 0.7, "Dark."),))
    text = page(desk)
    actions = text[text.index('<footer class="actions">') :]
    assert "Look first</a>: low light" in actions
    assert f'href="#checks-{row.render_id}"' in actions
    assert f'aria-describedby="look-first-{row.render_id}"' in actions
    studio.clear()
    studio.video()
    assert "Look first" not in page(desk)


def test_yes_and_no_look_the_same(studio, desk) -> None:
    """Nobody is nudged into an approval."""
    studio.video()
    text = page(desk)
    assert 'class="button ghost approve"' in text
    assert 'class="button ghost"' in text


def test_only_the_stand_in_is_called_one(studio, desk) -> None:
    """A hosted model's work is labelled with the model."""
    row = studio.video(generator="omni")
    for path in ("/", f"/videos/{row.render_id}"):
        text = page(desk, path)
        assert "stand-in" not in text
        assert "omni 1" in text


def test_a_stand_in_is_marked_wherever_its_clip_is_shown(studio, desk) -> None:
    """Under the player, and in the journey of its page."""
    row = studio.video()
    assert page(desk).count(stand_in.SENTENCE) == 1
    assert page(desk, f"/videos/{row.render_id}").count(stand_in.SENTENCE) == 2
    assert desk.get("/api/videos").json()["videos"][0]["is_stand_in"] is True


def test_the_queue_is_shown_with_its_reason(studio, desk) -> None:
    """Approved: the slot and why. Posted: the id of the post, and no way to decide."""
    row = studio.video()
    body = {"decision": "approve", "reviewer": "Mira", "content_hash": row.content_hash}
    desk.post(f"/videos/{row.render_id}/decisions", json=body)
    studio.posted(row)
    text = page(desk, "/?state=posted")
    post_id = desk.get("/api/videos?state=posted").json()["videos"][0]["post_id"]
    assert "Sun 22 Nov, 20:00" in text
    assert "Evenings do well." in text
    assert post_id in text
    assert 'value="reject"' not in text


def test_what_cannot_be_approved_says_so_before_anyone_tries(studio, desk) -> None:
    """The button is off, and the reason is beside it."""
    studio.video(consent=ConsentState.WITHDRAWN)
    text = page(desk)
    assert "took their consent back" in text
    assert re.search(r'value="approve" disabled', text)


@pytest.mark.parametrize("path", ["/", "/videos/vid_0000000000000001", "/?state=rejected"])
def test_other_people_s_words_stay_words(studio, desk, path) -> None:
    """Dream, title, credit, ranking, finding, reviewer and reason are escaped on every page."""
    row = studio.video(
        title=HOSTILE, text=HOSTILE, why=HOSTILE, credit=HOSTILE, lang='en" onload="x',
        found=(Finding(HOSTILE, False, Severity.WARN, None, HOSTILE),),
        palette=("#000000", '"/><script>alert(1)</script>', "#ffffff"),
    )  # fmt: skip
    body = {"decision": "comment", "reviewer": HOSTILE[:60], "reason": HOSTILE}
    if "rejected" in path:
        body["decision"] = "reject"
    desk.post(f"/videos/{row.render_id}/decisions", json=body | {"content_hash": row.content_hash})
    text = page(desk, path)
    assert "&lt;script&gt;" in text
    assert "<script>" not in text
    assert "<img src=x" not in text
    assert ' onload="x' not in text
    assert "{{7*7}}" in text


def test_hostile_addresses_are_escaped_on_error_pages(desk) -> None:
    """An address is somebody's words too."""
    answer = desk.get("/videos/%3Cscript%3Ealert(1)%3C/script%3E", headers=PAGE)
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_a_browser_without_scripts_can_decide(studio, desk) -> None:
    """The form's own fields are enough; the answer leads back to the list with a notice."""
    row = studio.video()
    text = page(desk)
    form = re.search(
        r'<form method="post" action="(/videos/[^"]+)" data-decide>(.*?)</form>', text, re.DOTALL
    )
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    assert fields["content_hash"] == row.content_hash
    desk.post("/reviewer", data={"reviewer": "Zoë & co", "back": "open"}, headers=PAGE)
    answer = desk.post(form[1], data=fields, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?state=open&done=approve")
    assert "Approved." in page(desk, answer.headers["location"])
    assert "Approved by Zoë &amp; co" in page(desk, "/?state=approved")


def test_a_browser_remembers_the_reviewer(desk, studio) -> None:
    """Asked once, in a cookie that no script reads and no other site sends."""
    studio.video()
    assert "Who is reviewing?" in page(desk)
    answer = desk.post("/reviewer", data={"reviewer": " Mira "}, headers=PAGE)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    text = page(desk)
    assert "Who is reviewing?" not in text
    assert "Mira" in text


def test_a_decision_without_a_name_asks_for_one(studio, desk) -> None:
    """In words, as a page, with nothing written."""
    row = studio.video()
    data = {"decision": "approve", "content_hash": row.content_hash}
    answer = desk.post(f"/videos/{row.render_id}/decisions", data=data, headers=PAGE)
    assert answer.status_code == 422
    assert "Who is reviewing?" in answer.text


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "open&x=1", "../.."])
def test_no_form_sends_a_reviewer_elsewhere(desk, back) -> None:
    """Only the desk's own lists are places to go back to."""
    answer = desk.post("/reviewer", data={"reviewer": "Mira", "back": back}, headers=PAGE)
    assert answer.headers["location"] == "/"


def test_long_lists_have_pages(studio, desk) -> None:
    """Newest first, twelve to a page, nothing twice and nothing lost."""
    made = [studio.video().render_id for _ in range(14)]
    first = desk.get("/api/videos").json()
    second = desk.get("/api/videos?page=2").json()
    shown = [video["render_id"] for video in first["videos"] + second["videos"]]
    assert shown == made[::-1]
    assert (len(first["videos"]), first["last_page"]) == (12, 2)
    assert "Page 1 of 2" in page(desk)
    assert "first page" in page(desk, "/?page=3")


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "9" * 30])
def test_page_numbers_that_are_none_show_a_list_all_the_same(studio, desk, number) -> None:
    """A mistyped address is no reason for an error page."""
    studio.video()
    assert desk.get("/", params={"page": number}, headers=PAGE).status_code == 200


def test_the_journey_leads_from_the_comment_to_the_post(studio, desk) -> None:
    """Every stop in order, with the ids to look further."""
    row = studio.video()
    studio.posted(row)
    text = page(desk, f"/videos/{row.render_id}")
    stops = re.findall(r"<h3>(\w+)</h3>", text)
    assert stops == ["Comment", "Consent", "Prompt", "Clip", "Video", "Review", "Post"]
    for words in (row.prompt_id, row.job_id, row.content_hash, "v_pub~1", "The dreamer agreed."):
        assert words in text, words


def test_a_dream_that_left_the_ranking_still_has_a_card(studio, desk) -> None:
    """Rankings are rewritten; a video's page must not depend on them."""
    studio.video(why=None)
    assert "Why this dream" not in page(desk)
    assert "The whale above the lake" in page(desk)


def test_nothing_here_is_a_friendly_page_or_json(desk) -> None:
    """A person gets words, a script gets the same words as JSON."""
    answer = desk.get("/nowhere", headers=PAGE)
    assert answer.status_code == 404
    assert "Back to the review list" in answer.text
    assert desk.get("/api/nowhere").json()["error"] == "There is nothing here"
    assert desk.get("/?state=lost", headers=PAGE).status_code == 404
    assert desk.get("/reviewer", headers=PAGE).status_code == 405


class Addresses(HTMLParser):
    """What a page points to, as `(tag, attribute, address)`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {"src", "srcset", "href", "action", "formaction", "poster", "data", "content"}
        self.found += [(tag, name, value) for name, value in attrs if name in named and value]


def leaves_the_desk(tag: str, attribute: str, address: str) -> bool:
    if tag == "meta":
        return "//" in address
    is_policy = (tag, attribute) == ("a", "href") and address.startswith(POLICIES)
    is_own = address.startswith(("/", "#")) and not address.startswith("//")
    return not (is_own or is_policy)


def test_pages_name_nothing_outside_the_desk(studio, desk) -> None:
    """No CDN, no font, no tracker: all is our own, but for links a person may follow to TikTok's policies."""
    row = studio.video()
    for path in ("/", f"/videos/{row.render_id}", "/making", "/queue", "/tasks", "/accounts"):
        text = page(desk, path)
        addresses = Addresses()
        addresses.feed(text)
        assert len(addresses.found) > 5
        assert [each for each in addresses.found if leaves_the_desk(*each)] == []
        assert not re.search(r"@import|url\((?!['\"]?[/#])", text)


@pytest.mark.parametrize(
    "outside",
    [
        ("script", "src", POLICIES),
        ("link", "href", POLICIES),
        ("img", "src", f"{POLICIES}x.png"),
        ("a", "href", "https://www.tiktok.com/@somebody"),
        ("a", "href", "//www.tiktok.com/legal/"),
        ("form", "action", POLICIES),
        ("meta", "content", f"0;url={POLICIES}"),
    ],
)
def test_a_policy_may_be_linked_and_never_fetched(outside) -> None:
    """The rule above must not be loosened by what it allows."""
    assert leaves_the_desk(*outside)
    assert not leaves_the_desk("a", "href", f"{POLICIES}page/global/bc-policy/en")


def test_every_static_file_a_page_names_is_served(desk) -> None:
    """Styles, the script and the modules it imports."""
    paths = re.findall(r'"(/static/[^"]+)"', page(desk) + page(desk, "/making"))
    script = desk.get("/static/desk.js").text
    paths += [f"/static/{name}" for name in re.findall(r'from "\./([^"]+)"', script)]
    assert len(paths) >= 8
    assert {desk.get(path).status_code for path in paths} == {200}
