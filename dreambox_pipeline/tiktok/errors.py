"""Everything TikTok can answer instead of data, cut by what to do next.

    TikTokError
    ├── …, TransientError   RateLimited Unreachable ServerFault GarbledAnswer Maintenance WriteConflict StuckCursor
    │                       PostingCapReached
    ├── …, ItemError        InvalidParams NotFound DuplicatedRequest MediaRejected InvalidSignature UnknownTikTokError
    │                       PrivacyNotOffered SpamRisk NotCancellable UploadExpired UploadOutOfStep
    └── …, StopError        AccessTokenRejected ConsentRequired ScopeMissing Forbidden AppNotApproved
                            InvalidApp ApiMismatch PostingBanned AppNotAudited UrlNotVerified CallbackRejected

The Accounts API's failures arrive as HTTP 200 with a non-zero integer `code`. Each class lists the codes it stands
for, in `codes`, so a code has exactly one class; `CLASS_BY_CODE` is built from them and a test
holds it against TikTok's documented table. The developer host says it in words. Nothing here ever holds a token.
"""

# ruff: noqa: N818 - the classes are named after what happened, as the callers read them.

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError

PARTIAL_OK = 20001
SUCCESS_CODES = frozenset({0, PARTIAL_OK})
"""`OK`, and `PARTIAL_OK`: the data that came is good, some parts may be missing."""

CAP_WAIT_S = 86_400.0
"""Posting caps count the last 24 hours."""

QPM_BREACH_WAIT_S = 300.0
"""After more than 40 queries a minute TikTok locks the endpoint for five minutes."""


class TikTokError(DreamBoxError):
    """Base of all errors about TikTok. Subclasses say whether to retry, skip or stop.

    Attributes:
        code: TikTok's integer code, or None when the answer held none.
        http_status: None when no answer came.
        request_id, log_id: What TikTok's support asks for; None when not sent.
        path: The endpoint, for example `/business/video/publish/`. Never the query.
        may_have_taken_effect: For a call that changes something: True means it may have
            happened all the same, so look before sending it again.
    """

    codes: ClassVar[tuple[int, ...]] = ()
    advice: ClassVar[str] = "Look the code up in TikTok's return codes."
    is_outcome_unknown: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        http_status: int | None = None,
        request_id: str | None = None,
        log_id: str | None = None,
        path: str | None = None,
        may_have_taken_effect: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.http_status = http_status
        self.request_id = request_id
        self.log_id = log_id
        self.path = path
        self.may_have_taken_effect = (
            self.is_outcome_unknown if may_have_taken_effect is None else may_have_taken_effect
        )


class RateLimited(TikTokError, TransientError):
    """Too many requests. This request was not carried out; wait `retry_after_s`, then repeat it."""

    retry_after_s: float
    codes = (40016, 40100, 40132, 40133, 51021, 61000)
    advice = "It was not carried out. Wait five minutes, then repeat it."

    def __init__(
        self, message: str, *, retry_after_s: float = QPM_BREACH_WAIT_S, **details: object
    ) -> None:
        super().__init__(message, **details)  # type: ignore[arg-type]  # forwarded as given
        self.retry_after_s = retry_after_s


class Unreachable(TikTokError, TransientError):
    """No answer came. A read changed nothing; a write may have happened if the request was sent.

    `may_have_taken_effect` is False only when no connection could be made at all.
    """

    advice = (
        "Check the network and the address; then look for the result before sending a write again."
    )
    is_outcome_unknown = True


class ServerFault(TikTokError, TransientError):
    """TikTok failed inside. A read changed nothing; a write may or may not have happened.

    51065 is TikTok's word for a failing upstream; on publishing it also came with a wrong music
    id, so one that keeps coming for the same post is that post's problem.
    """

    codes = (50000, 50002, 51010, 51065)
    advice = "Repeat a read later; look for the result before sending a write again."
    is_outcome_unknown = True


class GarbledAnswer(TikTokError, TransientError):
    """The answer was cut short, too long, or not TikTok's envelope. A write may have happened."""

    advice = "Something between here and TikTok may be answering; check the address and try later."
    is_outcome_unknown = True


class Maintenance(TikTokError, TransientError):
    """TikTok is down on purpose. Nothing was carried out; try again in ten minutes."""

    codes = (60001,)
    advice = "Nothing was carried out. Try again in ten minutes."

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message, **details)  # type: ignore[arg-type]  # forwarded as given
        self.retry_after_s = 600.0


class WriteConflict(TikTokError, TransientError):
    """Two writes met. This one was not carried out and may be repeated at once."""

    codes = (40202,)
    advice = "It was not carried out. Repeat it."


class StuckCursor(TikTokError, TransientError):
    """A listing says there is more and gives the same page again. What was already listed is good."""

    advice = "Keep what was listed and list again later."


class PostingCapReached(TikTokError, TransientError):
    """The account or the app has posted enough for now. Nothing was posted; another slot may fit.

    About 15 direct posts per account in 24 hours over all apps, 5 drafts that wait in the inbox,
    and a number of accounts per app and day.
    """

    retry_after_s: float
    advice = "Nothing was posted. Take a slot in 24 hours; drafts in the inbox count until they are posted."

    def __init__(
        self, message: str, *, retry_after_s: float = CAP_WAIT_S, **details: object
    ) -> None:
        super().__init__(message, **details)  # type: ignore[arg-type]  # forwarded as given
        self.retry_after_s = retry_after_s


class InvalidParams(TikTokError, ItemError):
    """TikTok or this client refuses a value. Nothing was carried out, and repeating cannot help."""

    codes = (40000, 40002, 40700)
    advice = (
        "Nothing was carried out. Correct the named value; repeating the same request cannot help."
    )


class NotFound(TikTokError, ItemError):
    """The video, comment or publication is gone, or is not this account's. Nothing was changed."""

    codes = (40007,)
    advice = "It was deleted or belongs to another account. Leave it out."


class DuplicatedRequest(TikTokError, ItemError):
    """TikTok already holds this request, so it has probably happened. Look for it; do not repeat."""

    codes = (40050,)
    advice = "Look for the earlier request's result; do not send it again."
    is_outcome_unknown = True


class MediaRejected(TikTokError, ItemError):
    """TikTok could not fetch or will not take the file. Nothing was posted; fix the file or its address."""

    codes = tuple(range(40901, 40917))
    advice = "Nothing was posted. Check that the address is reachable and the file within TikTok's limits."


class InvalidSignature(TikTokError, ItemError):
    """A webhook was not signed by TikTok, or too long ago. It was not read; drop it."""

    advice = "Drop it. If all are refused, compare the app secret and this machine's clock."


class PrivacyNotOffered(TikTokError, ItemError):
    """The account does not offer this privacy level now. Nothing was posted.

    The account may have become private or public since it was asked.
    """

    advice = (
        "Nothing was posted. Ask the account's options again and let a person choose one of them."
    )


class SpamRisk(TikTokError, ItemError):
    """TikTok takes this post for spam. It was not posted, and sending it again makes matters worse."""

    advice = "Do not send it again. Change the caption or the video, and post less often."


class NotCancellable(TikTokError, ItemError):
    """The publication is past cancelling, or was uploaded, which cannot be cancelled. It goes on."""

    advice = "Ask for its status; take the post down by hand if it appears."


class UploadExpired(TikTokError, ItemError):
    """The upload address was good for an hour, and that is over. The file is not complete there.

    Without all bytes TikTok posts nothing, so a new request may be made, unless
    `may_have_taken_effect`: then the last chunk may have arrived and the post may appear.
    """

    advice = (
        "Ask for the publication's status; if nothing was posted, begin again with a new request."
    )


class UploadOutOfStep(TikTokError, ItemError):
    """TikTok holds other bytes of the file than we can continue from. The upload is stuck."""

    advice = (
        "Ask for the publication's status; if nothing was posted, begin again with a new request."
    )


class UnknownTikTokError(TikTokError, ItemError):
    """A code that TikTok does not document. A write may have happened; look before repeating it.

    It is an `ItemError`: we cannot promise that repeating is harmless, and one strange answer
    about one thing must not stop all others. If every item fails, the failure-rate check stops the run.
    """

    advice = "The code is not documented; ask TikTok's support with the request id."
    is_outcome_unknown = True


class AccessTokenRejected(TikTokError, StopError):
    """The access token is expired, revoked or missing, even after one refresh. Nothing was carried out."""

    codes = (40102, 40104, 40105)
    advice = "Connect the account again."


class ConsentRequired(TikTokError, StopError):
    """The refresh token or the authorization code is no longer good. Stored data is untouched.

    The year of a refresh token counts from the first issue, so this comes once a year.
    """

    codes = (40103, 40107, 40108, 40110)
    advice = "The account's owner must open the authorization address and agree again."


class ScopeMissing(TikTokError, StopError):
    """The account's owner, or the app, lacks a permission for this endpoint. Nothing was carried out."""

    codes = (40001, 40130, 40131)
    advice = "Compare the granted scopes with the ones the endpoint needs, and authorize again."


class Forbidden(TikTokError, StopError):
    """TikTok refuses this app or account. Nothing was carried out, and nothing else will be."""

    codes = (40003,)
    advice = "Look in TikTok's developer portal for a notice about the app or the account."


class AppNotApproved(TikTokError, StopError):
    """The app or its developer is not approved for this endpoint. Nothing was carried out."""

    codes = (40113, 40117, 40118, 40124, 40125)
    advice = "Apply for the endpoint's permission in TikTok's developer portal."


class InvalidApp(TikTokError, StopError):
    """App id and secret do not belong together. Nothing was carried out."""

    codes = (40101,)
    advice = "Compare app id and app secret with TikTok's developer portal."


class ApiMismatch(TikTokError, StopError):
    """This path or version does not exist there: a wrong base address, or TikTok moved on."""

    codes = (40006, 40051, 40400)
    advice = "Check the base address (it ends with `/open_api/v1.3`) and TikTok's changelog."


class PostingBanned(TikTokError, StopError):
    """TikTok has barred the account from posting. Nothing was posted, and nothing will be."""

    advice = "Open the TikTok app: the account's status page says why and how to appeal."


class AppNotAudited(TikTokError, StopError):
    """An app without TikTok's audit may only post for private accounts, seen by nobody else."""

    advice = "Have the app audited, or make the account private and post with SELF_ONLY."


class UrlNotVerified(TikTokError, StopError):
    """The address of the video is not proven to be ours. Nothing was fetched."""

    advice = "Verify the domain or the address in TikTok's developer portal, or upload the file."


class CallbackRejected(TikTokError, StopError):
    """What came back from the consent page is no answer to our question. It was not used."""

    advice = "Begin the login again, and open its address in your own browser only."


ALL_CLASSES: tuple[type[TikTokError], ...] = (
    RateLimited,
    Unreachable,
    ServerFault,
    GarbledAnswer,
    Maintenance,
    WriteConflict,
    StuckCursor,
    PostingCapReached,
    InvalidParams,
    NotFound,
    DuplicatedRequest,
    MediaRejected,
    InvalidSignature,
    PrivacyNotOffered,
    SpamRisk,
    NotCancellable,
    UploadExpired,
    UploadOutOfStep,
    UnknownTikTokError,
    AccessTokenRejected,
    ConsentRequired,
    ScopeMissing,
    Forbidden,
    AppNotApproved,
    InvalidApp,
    ApiMismatch,
    PostingBanned,
    AppNotAudited,
    UrlNotVerified,
    CallbackRejected,
)
CLASS_BY_CODE: Mapping[int, type[TikTokError]] = MappingProxyType(
    {code: cls for cls in ALL_CLASSES for code in cls.codes}
)


def error_class(code: int) -> type[TikTokError]:
    """The class for TikTok's *code*; `UnknownTikTokError` when it is not documented."""
    return CLASS_BY_CODE.get(code, UnknownTikTokError)


DEVELOPER_CLASS_BY_CODE: Mapping[str, type[TikTokError]] = MappingProxyType(
    {
        "access_token_invalid": AccessTokenRejected,
        "internal_error": ServerFault,
        "invalid_file_upload": MediaRejected,
        "invalid_param": InvalidParams,
        "invalid_params": InvalidParams,
        "invalid_publish_id": NotFound,
        "privacy_level_option_mismatch": PrivacyNotOffered,
        "publish_not_cancellable": NotCancellable,
        "rate_limit_exceeded": RateLimited,
        "reached_active_user_cap": PostingCapReached,
        "scope_not_authorized": ScopeMissing,
        "scope_permission_missed": ScopeMissing,
        "spam_risk": SpamRisk,
        "spam_risk_text": SpamRisk,
        "spam_risk_too_many_pending_share": PostingCapReached,
        "spam_risk_too_many_posts": PostingCapReached,
        "spam_risk_user_banned_from_posting": PostingBanned,
        "token_not_authorized_for_specified_publish_id": NotFound,
        "unaudited_client_can_only_post_to_private_accounts": AppNotAudited,
        "url_ownership_unverified": UrlNotVerified,
    }
)
"""The words of TikTok's developer host for the calls we make there; both spellings exist."""


def developer_class(word: str) -> type[TikTokError]:
    """The class for the developer host's *word*; `UnknownTikTokError` when it is not documented."""
    return DEVELOPER_CLASS_BY_CODE.get(word, UnknownTikTokError)
