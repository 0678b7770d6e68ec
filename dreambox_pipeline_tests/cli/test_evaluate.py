"""`dreambox evaluate`, as a person runs it."""

import json

import pytest

from dreambox_pipeline.sandbox.testing import running_sandbox

ROWS = [
    {"text": "I dreamt of a whale in my school", "is_dream": True, "lang": "en", "kind": "social_dream_told"},
    {"text": "this is my dream job", "is_dream": False, "lang": "en", "kind": "figurative"},
    {"text": "first", "is_dream": 0},
]  # fmt: skip


@pytest.fixture
def labelled(tmp_path):
    path = tmp_path / "mix.jsonl"
    path.write_text("\n".join([*map(json.dumps, ROWS), "no json", '{"text": "unlabelled"}']))
    return path


def test_figures_are_printed_and_bad_lines_named(dreambox, labelled):
    """The rest is evaluated."""
    found = dreambox("evaluate", str(labelled))
    assert found.returncode == 0, found.stderr
    assert "line 4" in found.stdout
    assert "1 rows without `is_dream`" in found.stdout
    assert "social_dream_told" in found.stdout
    assert "1.000 (0.21-1.00)" in found.stdout


def test_json_holds_the_same_figures(dreambox, labelled):
    """For other programs."""
    found = json.loads(dreambox("evaluate", str(labelled), "--json").stdout)
    assert found["headline"]["precision"]["value"] == 1.0
    assert found["headline"]["others"] == 2
    assert [line["line"] for line in found["bad_lines"]] == [4]
    assert found["engine"].startswith("embedded-2+")


def test_a_stream_prints_what_would_be_accepted(dreambox, tmp_path):
    """For a person to judge, with the rate."""
    path = tmp_path / "stream.csv"
    path.write_text(
        "id,text\n1,nice\n2,last night i dreamt that [my cat] could drive\n3,first\n4,lol\n"
    )
    found = dreambox("evaluate", "--stream", str(path))
    assert found.returncode == 0, found.stderr
    assert "last night i dreamt that [my cat] could drive" in found.stdout
    assert "accepted 1 of 4 comments, 250.00 per thousand" in found.stdout
    as_json = json.loads(dreambox("evaluate", "--stream", str(path), "--json").stdout)
    assert as_json["accepted_per_thousand"] == 250


def test_a_comment_cannot_speak_to_the_terminal(dreambox, tmp_path):
    """Colours, titles and cursor moves are taken out before a comment is printed."""
    text = "last night i dreamt \x1b[2J\x1b]0;gone\x07 that my cat could drive"
    (tmp_path / "raw.jsonl").write_text(json.dumps({"text": text}))
    found = dreambox("evaluate", "--stream", "raw.jsonl")
    assert "that my cat could drive" in found.stdout
    assert not {"\x1b", "\x07"} & set(found.stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Give either"),
        (("nowhere.jsonl",), "nowhere.jsonl"),
        (("--stream", "nowhere.csv"), "nowhere.csv"),
        (("mix.jsonl", "--engine", "oracle"), "oracle"),
        (("mix.jsonl", "--engine", "openai"), "DREAMBOX_OPENAI_API_KEY"),
    ],
)
@pytest.mark.usefixtures("labelled")
def test_what_cannot_be_measured_says_why(dreambox, arguments, said):
    """In a sentence, without a traceback."""
    found = dreambox("evaluate", *arguments)
    assert found.returncode != 0
    assert said in found.stderr
    assert "Traceback" not in found.stderr


def test_a_file_without_labels_points_to_the_stream(dreambox, tmp_path):
    """The likeliest mistake."""
    (tmp_path / "raw.jsonl").write_text('{"text": "nice"}\n')
    assert "--stream" in dreambox("evaluate", "raw.jsonl").stderr


def test_a_language_model_is_measured_by_the_same_command(dreambox, labelled):
    """Only what may be a dream is asked about, and who judged the rest is said."""
    with running_sandbox() as sandbox:
        found = dreambox(
            *("evaluate", str(labelled), "--engine", "openai", "--json"),
            DREAMBOX_OPENAI_BASE_URL=sandbox.info["openai_base_url"],
            DREAMBOX_OPENAI_API_KEY=sandbox.info["api_key"],
        )
    assert found.returncode == 0, found.stderr
    result = json.loads(found.stdout)
    assert result["engine"].startswith("openai:")
    assert result["judged_by"][result["engine"]] >= 1
    assert sum(result["judged_by"].values()) == 3
    assert len(result["judged_by"]) == 2
    assert result["headline"]["recall"]["value"] == 1.0
