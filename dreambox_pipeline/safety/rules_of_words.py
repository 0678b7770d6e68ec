"""Compliance rules on what a post says and declares: label, caption, privacy, brand flags."""

from typing import Final

from dreambox_pipeline.safety.captions import (
    MAX_CAPTION_UNITS,
    MAX_MENTIONS,
    caption_units,
    has_half_character,
    mentions,
)
from dreambox_pipeline.safety.compliance_facts import (
    ACCOUNTS_API,
    CONTENT_POSTING,
    INBOX_DRAFT,
    MANUAL_KIT,
    PUBLIC,
    SELF_ONLY,
    PostFacts,
)
from dreambox_pipeline.safety.compliance_model import (
    BRAND_PAGE,
    COMMUNITY_GUIDELINES,
    DIRECT_POST_PAGE,
    PUBLISH_PAGE,
    SETTINGS_PAGE,
    SHARING_GUIDELINES,
    Rule,
)


def _ai_flag(post: PostFacts) -> str | None:
    if post.is_ai_generated:
        return None
    return "The AI label is off; set it, because it cannot be added later."


def _ai_drawn(post: PostFacts) -> str | None:
    if post.origin is not None and "ai_label" in post.origin.overlay_kinds:
        return None
    return "The picture does not say that AI made it, and no flag travels to a person; finish the video again."


def _caption_length(post: PostFacts) -> str | None:
    units = caption_units(post.caption)
    if units <= MAX_CAPTION_UNITS:
        return None
    over = units - MAX_CAPTION_UNITS
    return f"The caption has {units} UTF-16 units and {MAX_CAPTION_UNITS} are allowed; shorten it by {over}."


def _caption_mentions(post: PostFacts) -> str | None:
    found = len(mentions(post.caption))
    if found <= MAX_MENTIONS:
        return None
    return f"The caption has {found} mentions and {MAX_MENTIONS} are allowed; remove {found - MAX_MENTIONS}."


def _caption_whole(post: PostFacts) -> str | None:
    if not has_half_character(post.caption):
        return None
    return (
        "The caption holds half of a character, which cannot be sent; delete it and type it again."
    )


def _privacy_chosen(post: PostFacts) -> str | None:
    if not post.privacy_choice:
        return (
            "Nobody chose who may see the post, and nothing is posted in public by accident; choose it in the "
            "desk, or set DREAMBOX_POST_PRIVACY."
        )
    if post.privacy_level != post.privacy_choice:
        return (
            f"The post would go out as {post.privacy_level or 'nothing said'}, and {post.privacy_choice} was "
            "chosen; plan it again."
        )
    return None


def _privacy_offered(post: PostFacts) -> str | None:
    # Without a choice `privacy-chosen` speaks; without an account the rule is not asked.
    if post.account is None or not post.privacy_level:
        return None
    offered = post.account.privacy_levels
    if post.privacy_level in offered:
        return None
    listed = ", ".join(offered) or "nothing"
    is_private = bool(offered) and PUBLIC not in offered
    remedy = "Choose one of these in the desk"
    if is_private:
        remedy += ", or make the account public in the app, for it is private"
    return f"The post would go out as {post.privacy_level}, and the account offers {listed} now. {remedy}."


def _always_public(post: PostFacts) -> str | None:
    if post.privacy_choice in (None, "", PUBLIC):
        return None
    return (
        f"{post.privacy_choice} was chosen for this video, and accounts_api posts for everybody only; post it by "
        "content_posting (DREAMBOX_POSTING_ROUTE), or choose PUBLIC_TO_EVERYONE."
    )


def _toggles(post: PostFacts) -> str | None:
    account = post.account
    if account is None:
        return None
    ignored = [
        name
        for name, is_forbidden, is_off in (
            ("comments", account.comment_disabled, post.disable_comment),
            ("duets", account.duet_disabled, post.disable_duet),
            ("stitches", account.stitch_disabled, post.disable_stitch),
        )
        if is_forbidden and not is_off
    ]
    if not ignored:
        return None
    return f"The account has {', '.join(ignored)} disabled; disable them on the post too."


def _brand_flags(post: PostFacts) -> str | None:
    wrong = [
        name
        for name, is_set, is_declared in (
            ("is_brand_organic", post.is_brand_organic, post.declares_own_business),
            ("is_branded_content", post.is_branded_content, post.declares_paid_partnership),
        )
        if is_set != is_declared
    ]
    if not wrong:
        return None
    return f"The post and what was declared differ in {' and '.join(wrong)}; declare it again in the desk."


def _branded_privacy(post: PostFacts) -> str | None:
    if not (post.is_branded_content and post.privacy_level == SELF_ONLY):
        return None
    return "A paid partnership would be posted for its owner alone; choose another audience, or take the declaration back."


WORD_RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "ai-flag",
        "Every request that posts a video sets TikTok's AI-generated label. It cannot be changed after posting.",
        COMMUNITY_GUIDELINES,
        _ai_flag,
        routes=(ACCOUNTS_API, CONTENT_POSTING),
    ),
    Rule(
        "ai-label-drawn",
        "Where a person sets the AI label by hand, the picture itself says that AI made it.",
        COMMUNITY_GUIDELINES,
        _ai_drawn,
        routes=(INBOX_DRAFT, MANUAL_KIT),
    ),
    Rule(
        "caption-length",
        f"A caption has at most {MAX_CAPTION_UNITS} UTF-16 units.",
        PUBLISH_PAGE,
        _caption_length,
    ),
    Rule(
        "caption-mentions",
        f"A caption has at most {MAX_MENTIONS} mentions.",
        PUBLISH_PAGE,
        _caption_mentions,
    ),
    Rule(
        "caption-whole",
        "A caption is whole characters, so that it is sent as it was approved.",
        "RFC 8259, section 8.2",
        _caption_whole,
    ),
    Rule(
        "privacy-chosen",
        "Who may see a post was chosen by a person or by the operator's setting, and the request says "
        "exactly that; there is no default.",
        SHARING_GUIDELINES,
        _privacy_chosen,
        routes=(CONTENT_POSTING,),
    ),
    Rule(
        "privacy-offered",
        "The privacy level is among those the account offers at this moment.",
        DIRECT_POST_PAGE,
        _privacy_offered,
        routes=(CONTENT_POSTING,),
        needs_account=True,
    ),
    Rule(
        "accounts-api-is-public",
        "The Accounts API has no privacy level for videos and posts for everybody, so nobody may have "
        "chosen a smaller audience.",
        PUBLISH_PAGE,
        _always_public,
        routes=(ACCOUNTS_API,),
    ),
    Rule(
        "disabled-toggles",
        "What the account's settings disable (comments, duets, stitches) is disabled on the post.",
        f"{SETTINGS_PAGE}; {DIRECT_POST_PAGE}",
        _toggles,
        routes=(ACCOUNTS_API, CONTENT_POSTING),
        needs_account=True,
    ),
    Rule(
        "brand-flags",
        "The brand flags are on exactly when a person declared a promotion.",
        BRAND_PAGE,
        _brand_flags,
    ),
    Rule(
        "branded-privacy",
        "A paid partnership is not posted for its owner alone.",
        f"{SHARING_GUIDELINES}, point 3b",
        _branded_privacy,
        routes=(CONTENT_POSTING,),
    ),
)
