"""The state file keeps what it acknowledged."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.sandbox.world.state import StateFile


def test_documents_come_back_in_order_from_the_file(tmp_path: Path) -> None:
    """Also without a close, as after a crash; an update keeps its place."""
    first = StateFile(tmp_path / "deep" / "state.sqlite")
    first.put("reply", "b", {"n": 1})
    first.put("reply", "a", {"n": 2})
    first.put("reply", "b", {"n": 3})
    first.put("other", "b", {"n": 9})
    second = StateFile(tmp_path / "deep" / "state.sqlite")
    assert second.all("reply") == [("b", {"n": 3}), ("a", {"n": 2})]
    second.remove("reply", "b")
    assert second.get("reply", "b") is None
    assert second.get("other", "b") == {"n": 9}
    first.close()
    second.close()


@given(text=st.text(max_size=40), number=st.integers(0, 2**63))
def test_any_text_and_big_number_survives(text: str, number: int) -> None:
    """19 digits and zero-width characters included."""
    state = StateFile(None)
    state.put("x", "k", {"text": text, "number": number})
    assert state.get("x", "k") == {"text": text, "number": number}
    state.close()
