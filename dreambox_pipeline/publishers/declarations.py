"""What a route's request says about a post, for who checks it before it is sent.

Read from the very objects that the publishers send, so a publisher that forgot the AI label, or a
toggle that the account disables, is found out by the rules and not by the audience.
"""

from dataclasses import dataclass, replace

from dreambox_pipeline.publishers.accounts_api import post_info
from dreambox_pipeline.publishers.content_posting import direct_post
from dreambox_pipeline.publishers.uploads import creator_of
from dreambox_pipeline.stages.posts.model import PostDraft, Route
from dreambox_pipeline.stages.posts.publisher import Allowance


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a request says; what is empty or False it does not say.

    Attributes:
        privacy_level: None where the route has no choice, or nobody chose.
    """

    is_ai_generated: bool = False
    privacy_level: str | None = None
    disable_comment: bool = False
    disable_duet: bool = False
    disable_stitch: bool = False
    is_brand_organic: bool = False
    is_branded_content: bool = False


def declaration(route: Route, draft: PostDraft, allowance: Allowance) -> Declaration:
    """What the request of *route* will say about *draft*.

    A draft for the inbox and a kit carry no such words: a person says them in the app. Of those
    only the promotions are told, which the kit's checklist asks for.
    """
    # A cover that no request can carry is for the rule about covers to tell.
    draft = replace(draft, cover_ms=max(0, draft.cover_ms))
    if route is Route.ACCOUNTS_API:
        info = post_info(draft, allowance)
        return Declaration(
            info.is_ai_generated,
            None,
            bool(info.disable_comment),
            bool(info.disable_duet),
            bool(info.disable_stitch),
            info.is_brand_organic,
            info.is_branded_content,
        )
    if route is Route.CONTENT_POSTING:
        sent = direct_post(draft).wire(creator_of(allowance))
        return Declaration(
            sent["is_aigc"],
            sent["privacy_level"] or None,
            sent["disable_comment"],
            sent["disable_duet"],
            sent["disable_stitch"],
            sent["brand_organic_toggle"],
            sent["brand_content_toggle"],
        )
    return Declaration(
        is_brand_organic=draft.is_brand_organic, is_branded_content=draft.is_branded_content
    )
