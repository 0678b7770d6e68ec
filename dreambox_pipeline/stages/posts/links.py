"""The post's id, out of what a person copied from TikTok: the link of the post, or the id itself."""

import re

from dreambox_pipeline.errors import ItemError

_ID = re.compile(r"[0-9]{17,20}", re.ASCII)
_LONG_LINK = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?tiktok\.com/@[\w.]{1,64}/(?:video|photo)/([0-9]{17,20})/?(?:[?#]\S*)?"
)
_SHORT_LINK = re.compile(
    r"(?:https?://)?(?:(?:vm|vt)\.tiktok\.com/|(?:www\.)?tiktok\.com/t/)\S+", re.IGNORECASE
)


def post_id_in(text: str) -> str:
    """The id of the post that *text* names.

    Args:
        text: `https://www.tiktok.com/@handle/video/7123456789012345678`, with or without what the
            app appends to it, or the id alone (19 digits; 17 to 20 are taken).

    Raises:
        ItemError: It is neither. A short link names its post only after TikTok has redirected it.
    """
    given = " ".join(text.split())
    if _ID.fullmatch(given):
        return given
    if found := _LONG_LINK.fullmatch(given):
        return found[1]
    if _SHORT_LINK.fullmatch(given):
        raise ItemError(
            f"{given[:80]} is a short link, which does not say which post it is. Open it in a "
            "browser and copy the long link from the address bar: "
            "https://www.tiktok.com/@name/video/ and 19 digits."
        )
    raise ItemError(
        f"{given[:80]!r} names no post. Open the post in TikTok and copy its link, which reads "
        "https://www.tiktok.com/@name/video/ and 19 digits; the digits alone will do too."
    )
