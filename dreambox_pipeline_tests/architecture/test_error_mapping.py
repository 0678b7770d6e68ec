"""TikTok's documented return codes against our classes: none missing, none twice, none silent."""

import pickle

import pytest

from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.tiktok import errors

T, I, S = TransientError, ItemError, StopError  # noqa: E741 - the table below stays readable

DOCUMENTED = {
    40000: I,
    40001: S,
    40002: I,
    40003: S,
    40006: S,
    40007: I,
    40016: T,
    40050: I,
    40051: S,
    40100: T,
    40101: S,
    40102: S,
    40103: S,
    40104: S,
    40105: S,
    40107: S,
    40108: S,
    40110: S,
    40113: S,
    40117: S,
    40118: S,
    40124: S,
    40125: S,
    40130: S,
    40131: S,
    40132: T,
    40133: T,
    40202: T,
    40400: S,
    40700: I,
    **dict.fromkeys(range(40901, 40917), I),
    50000: T,
    50002: T,
    51010: T,
    51021: T,
    51065: T,
    60001: T,
    61000: T,
}
"""Every code in TikTok's table for the Accounts API, and what the caller should do."""


DOCUMENTED_WORDS = {
    "access_token_invalid": S,
    "internal_error": T,
    "invalid_file_upload": I,
    "invalid_param": I,
    "invalid_params": I,
    "invalid_publish_id": I,
    "privacy_level_option_mismatch": I,
    "publish_not_cancellable": I,
    "rate_limit_exceeded": T,
    "reached_active_user_cap": T,
    "scope_not_authorized": S,
    "scope_permission_missed": S,
    "spam_risk": I,
    "spam_risk_text": I,
    "spam_risk_too_many_pending_share": T,
    "spam_risk_too_many_posts": T,
    "spam_risk_user_banned_from_posting": S,
    "token_not_authorized_for_specified_publish_id": I,
    "unaudited_client_can_only_post_to_private_accounts": S,
    "url_ownership_unverified": S,
}
"""Every word of the developer host for reading videos and posting, and what to do."""


def test_every_word_of_the_developer_host_has_a_class_and_no_other_word_has():
    """The same three ways as for the codes."""
    assert set(errors.DEVELOPER_CLASS_BY_CODE) == set(DOCUMENTED_WORDS)
    for word, what_next in DOCUMENTED_WORDS.items():
        assert issubclass(errors.developer_class(word), what_next)
    assert errors.developer_class("new_word") is errors.UnknownTikTokError


@pytest.mark.parametrize(("code", "what_next"), DOCUMENTED.items())
def test_every_documented_code_has_exactly_one_class(code, what_next):
    """Retry, skip or stop: each code means one of them."""
    claimed = [cls for cls in errors.ALL_CLASSES if code in cls.codes]
    assert len(claimed) == 1
    assert errors.error_class(code) is claimed[0]
    assert [base for base in (T, I, S) if issubclass(claimed[0], base)] == [what_next]


def test_no_class_claims_a_code_that_is_not_documented():
    """A code enters our table together with TikTok's words about it."""
    assert set(errors.CLASS_BY_CODE) == set(DOCUMENTED)
    assert sum(len(cls.codes) for cls in errors.ALL_CLASSES) == len(DOCUMENTED)


def test_an_undocumented_code_is_named_and_costs_one_item():
    """Never a crash, never silence."""
    cls = errors.error_class(49999)
    assert cls is errors.UnknownTikTokError
    assert issubclass(cls, ItemError)


@pytest.mark.parametrize("cls", errors.ALL_CLASSES)
def test_every_class_says_what_next_and_how_things_stand(cls):
    """One of retry, skip, stop; a docstring of its own; advice for the message."""
    assert issubclass(cls, errors.TikTokError)
    assert len([base for base in (T, I, S) if issubclass(cls, base)]) == 1
    assert cls.__doc__ != errors.TikTokError.__doc__
    assert len(cls.__doc__) > 40
    assert cls.advice.endswith(".")
    assert cls.advice != errors.TikTokError.advice


def test_the_list_of_classes_is_complete():
    """A class that is not listed would not take part in the mapping."""

    def leaves(cls: type) -> set[type]:
        below = cls.__subclasses__()
        return {cls}.union(*(leaves(sub) for sub in below)) if below else {cls}

    assert leaves(errors.TikTokError) - {errors.TikTokError} == set(errors.ALL_CLASSES)


@pytest.mark.parametrize("cls", errors.ALL_CLASSES)
def test_errors_survive_the_way_between_processes(cls):
    """Dagster runs steps in processes of their own."""
    error = cls("tried, came back, do next", code=1, path="/x/", request_id="r")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is cls
    assert (str(again), again.code, again.path, again.request_id) == (str(error), 1, "/x/", "r")
    assert again.may_have_taken_effect is cls.is_outcome_unknown
    assert getattr(again, "retry_after_s", None) == getattr(error, "retry_after_s", None)
