"""HTTP clients for TikTok that have never heard of DreamBox.

`client.AccountsClient` speaks the Accounts API and is the way in; `display.DisplayClient` is the
second source of the account's own videos. `errors` says what can go wrong and what to do about it.
"""
