"""The accounts of the world: their handles, and what TikTok lets them do.

One account has the videos, the audience and the comments; more can be added to log in with. They
share the videos, so that a world stays one world; tokens, names, bans and limits are each one's own.
"""

import re
from dataclasses import asdict, dataclass, replace

from dreambox_pipeline.sandbox.world import personas
from dreambox_pipeline.sandbox.world.state import StateFile

_KIND = "account"
_HANDLE = re.compile(r"[a-z0-9_.]{2,24}")


@dataclass(frozen=True, slots=True)
class Account:
    """One account as the platform has it now.

    Attributes:
        open_id: Under the app; the `business_id` of the Accounts API.
        is_banned: The platform lets it post nothing.
    """

    open_id: str
    username: str
    is_banned: bool = False


class Accounts:
    """All accounts, kept in *state*.

    Args:
        main: The one whose world it is.
    """

    def __init__(self, seed: int, state: StateFile, main: Account) -> None:
        self._seed = seed
        self._state = state
        self._main_id = main.open_id
        self._known = {main.open_id: main}
        self._known |= {key: Account(key, **body) for key, body in state.all(_KIND)}

    @property
    def main(self) -> Account:
        """The account that everything belongs to."""
        return self._known[self._main_id]

    @property
    def signed_in(self) -> str:
        """Open id of whoever the browser on the consent page is."""
        saved = self._state.get("meta", "signed_in")
        return self._main_id if saved is None else str(saved["open_id"])

    def sign_in(self, open_id: str) -> None:
        """Who consents on the consent page from now on.

        Raises:
            LookupError: There is no such account.
        """
        self._state.put("meta", "signed_in", {"open_id": self.get(open_id).open_id})

    def get(self, open_id: str) -> Account:
        """The account with that open id.

        Raises:
            LookupError: There is no such account.
        """
        if open_id not in self._known:
            raise LookupError(f"The account {open_id} does not exist.")
        return self._known[open_id]

    def add(self, username: str) -> Account:
        """Another account.

        Raises:
            ValueError: The handle is taken, or is none.
        """
        return self._save(Account(open_id_of(self._seed, f"account {username}"), username))

    def change(
        self, open_id: str, *, username: str | None = None, is_banned: bool | None = None
    ) -> Account:
        """Rename an account, ban it from posting or lift the ban; None leaves it as it is.

        Raises:
            LookupError: There is no such account.
            ValueError: The handle is taken, or is none.
        """
        account = self.get(open_id)
        if username is not None:
            account = replace(account, username=username)
        if is_banned is not None:
            account = replace(account, is_banned=is_banned)
        return self._save(account)

    def _save(self, account: Account) -> Account:
        if not _HANDLE.fullmatch(account.username):
            raise ValueError(f"username is {account.username!r}; it must be a handle without @.")
        others = {name for key, name in self._names() if key != account.open_id}
        if account.username in others:
            raise ValueError(f"The username {account.username} is taken.")
        body = asdict(account)
        del body["open_id"]
        self._state.put(_KIND, account.open_id, body)
        self._known[account.open_id] = account
        return account

    def _names(self) -> list[tuple[str, str]]:
        return [(key, account.username) for key, account in self._known.items()]


def open_id_of(seed: int, name: str) -> str:
    """An id as the platform makes them for one app and one account."""
    noise = personas.unique_identifier(seed, name)
    return noise.replace("+", "-").replace("/", "_")[:36]
