"""How pages are put together: one Jinja environment that escapes everything.

Dream texts, titles, handles and reviewers' names are other people's words. Nothing here marks
any of them as safe, and a template that names a missing variable fails instead of showing a gap.
"""

from datetime import datetime
from pathlib import Path

import jinja2
from starlette.templating import Jinja2Templates

from dreambox_pipeline.stages.videos.budget import in_usd

HERE = Path(__file__).parent
STATIC = HERE / "static"

_STEPS = (
    (86_400 * 365, "year"),
    (86_400 * 30, "month"),
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
)


def ago(moment: datetime, now: datetime) -> str:
    """How long before *now* something was, in the largest whole unit, for people."""
    seconds = (now - moment).total_seconds()
    for size, unit in _STEPS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def words(code: str) -> str:
    """A stable code such as `public_figure` as words."""
    return code.replace("_", " ")


def usd(microusd: int | None) -> str:
    """Millionths of a US dollar for people; unknown is said, and never shown as nothing."""
    return "unknown" if microusd is None else in_usd(microusd)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"ago": ago, "usd": usd, "words": words}
    return environment


TEMPLATES = Jinja2Templates(env=_environment())
