"""The compliance gate: every rule for one post, as data, and what it says about the post.

`check_post` runs them all on the facts of a post and returns every violation, so a person sees
the whole list at once. A post with any violation is not sent. Each rule says where it is written
and when we read it; `docs/compliance.md` lists them.
"""

from typing import Final

from dreambox_pipeline.safety.captions import (
    MAX_CAPTION_UNITS,
    MAX_MENTIONS,
    caption_units,
    mentions,
)
from dreambox_pipeline.safety.compliance_facts import PostFacts
from dreambox_pipeline.safety.compliance_model import Judgement, Rule, Verdict, Violation
from dreambox_pipeline.safety.rules_of_files import FILE_RULES
from dreambox_pipeline.safety.rules_of_origin import ORIGIN_RULES
from dreambox_pipeline.safety.rules_of_words import WORD_RULES

__all__ = [
    "MAX_CAPTION_UNITS",
    "MAX_MENTIONS",
    "RULES",
    "caption_units",
    "check_post",
    "judge_post",
    "mentions",
]

RULES: Final[tuple[Rule, ...]] = (*WORD_RULES, *FILE_RULES, *ORIGIN_RULES)


def judge_post(post: PostFacts) -> list[Verdict]:
    """What every rule says about *post*, in the order of `RULES`."""
    return [_judge(rule, post) for rule in RULES]


def check_post(post: PostFacts) -> list[Violation]:
    """Every rule that *post* breaks, in the order of `RULES`.

    Empty when it may be sent; for that its `account` must be known.
    """
    return [
        Violation(
            verdict.rule.rule_id,
            verdict.message,
            verdict.rule.text,
            verdict.rule.source,
            verdict.rule.read_on,
        )
        for verdict in judge_post(post)
        if verdict.judgement is Judgement.FAILED
    ]


def _judge(rule: Rule, post: PostFacts) -> Verdict:
    if post.route not in rule.routes:
        return Verdict(rule, Judgement.NOT_CONCERNED)
    if rule.needs_account and post.account is None:
        return Verdict(rule, Judgement.NOT_ASKED)
    message = rule.breach(post)
    if message is None:
        return Verdict(rule, Judgement.PASSED)
    return Verdict(rule, Judgement.FAILED, message)
