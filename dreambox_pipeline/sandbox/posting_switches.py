"""What can be switched about posting, for both hosts."""

from dataclasses import dataclass

BANNED = "spam_risk_user_banned_from_posting"
PUBLIC_OPTIONS = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
PRIVATE_OPTIONS = ("FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")


@dataclass(slots=True)
class PostingSwitches:
    """What the account and the app may do; *refusal* and *fail_reason* are TikTok's words."""

    posting_refusal: str = ""
    posting_fail_reason: str = ""
    posting_max_duration_s: int = 600
    app_audited: bool = True
    account_private: bool = False
    comments_disabled: bool = False

    @property
    def privacy_options(self) -> tuple[str, ...]:
        """What a post may choose from now."""
        return PRIVATE_OPTIONS if self.account_private else PUBLIC_OPTIONS
