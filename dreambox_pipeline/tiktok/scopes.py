"""Which scopes each of DreamBox's features needs, on each of TikTok's hosts.

A person may grant fewer scopes than were asked for, and an app is approved for each one apart, so
what was granted is compared with this table. From TikTok's pages per endpoint: Accounts API
(`business/*`, permission list) and TikTok for Developers (Login Kit scopes), as of 2026-11.
"""

from collections.abc import Iterable
from dataclasses import dataclass

ALWAYS = "always"
"""A feature that no setting switches off."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Something DreamBox does with an account.

    Attributes:
        what: In words, for tables.
        scopes: All of them are needed.
        routes: The posting routes for which it is used; `ALWAYS` for all of them.
        is_extra: It is asked for, and nothing stops without it.
    """

    what: str
    scopes: frozenset[str]
    routes: frozenset[str] = frozenset({ALWAYS})
    is_extra: bool = False

    def is_used(self, route: str) -> bool:
        """Whether it is used when videos are posted by *route*."""
        return bool(self.routes & {ALWAYS, route})


def _needs(*scopes: str) -> frozenset[str]:
    return frozenset(scopes)


ACCOUNTS_FEATURES = (
    Feature("telling the account's name", _needs("user.info.basic", "user.info.username")),
    Feature("listing its videos", _needs("video.list")),
    Feature("collecting comments", _needs("comment.list")),
    Feature("asking for consent by reply", _needs("comment.list", "comment.list.manage")),
    Feature("measuring posts", _needs("video.list", "video.insights")),
    Feature(
        "when its followers are active",
        _needs("user.account.type", "user.info.stats", "user.insights"),
    ),
    Feature("posting by accounts_api", _needs("video.publish"), frozenset({"accounts_api"})),
)
"""On the Accounts API."""

DEVELOPER_FEATURES = (
    Feature(
        "telling the account's name", _needs("user.info.basic", "user.info.profile"), is_extra=True
    ),
    Feature("listing its videos a second way", _needs("video.list"), is_extra=True),
    Feature("posting by content_posting", _needs("video.publish"), frozenset({"content_posting"})),
    Feature("drafts by inbox_draft", _needs("video.upload"), frozenset({"inbox_draft"})),
)
"""On the developer host."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A feature, and what it lacks.

    Attributes:
        is_used: Something is amiss if it lacks a scope.
    """

    feature: Feature
    lacks: tuple[str, ...]
    is_used: bool

    @property
    def is_missed(self) -> bool:
        """It is used, it cannot work, and more than an extra goes missing."""
        return bool(self.lacks) and self.is_used and not self.feature.is_extra


def compare(features: Iterable[Feature], granted: Iterable[str], *, route: str) -> list[Granted]:
    """Each feature with what it lacks, in the table's order."""
    held = frozenset(granted)
    return [
        Granted(each, tuple(sorted(each.scopes - held)), each.is_used(route)) for each in features
    ]


def scopes_for(features: Iterable[Feature], *, route: str) -> tuple[str, ...]:
    """What to ask for: all that is used when videos are posted by *route*, and nothing else."""
    used = [each.scopes for each in features if each.is_used(route)]
    return tuple(sorted(frozenset().union(*used)))
