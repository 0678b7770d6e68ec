"""A person may paste what they copied, and hears what to copy instead when it will not do."""

import pytest

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.links import post_id_in

ID = "7412345678901234567"


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"  {ID}\n",
        f"https://www.tiktok.com/@dreambox.tales/video/{ID}",
        f"http://tiktok.com/@a/video/{ID}/",
        f"www.tiktok.com/@dream_box/video/{ID}?is_from_webapp=1&sender_device=pc",
        f"https://m.tiktok.com/@dream_box/video/{ID}#comments",
    ],
)
def test_a_link_or_an_id_names_its_post(text):
    """With whatever the app appends to it."""
    assert post_id_in(text) == ID


@pytest.mark.parametrize(
    "text",
    [
        "https://vm.tiktok.com/ZMabc123/",
        "vt.tiktok.com/ZSabc123",
        "https://www.tiktok.com/t/ZTabc123/",
    ],
)
def test_a_short_link_is_refused_with_the_remedy(text):
    """It names its post only after TikTok has redirected it, and we follow no strangers' links."""
    with pytest.raises(ItemError, match="long link"):
        post_id_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "whale", "12345", "٧٤١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧", f"https://example.org/@a/video/{ID}",
        "https://www.tiktok.com/@dreambox.tales", f"https://tiktok.com.evil.example/@a/video/{ID}",
        f"{ID} {ID}",
    ],
)  # fmt: skip
def test_anything_else_names_no_post(text):
    """A wrong id would be worse than none."""
    with pytest.raises(ItemError, match="names no post"):
        post_id_in(text)
