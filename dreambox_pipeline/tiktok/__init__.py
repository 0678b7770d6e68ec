"""An HTTP client for TikTok's Accounts API that has never heard of DreamBox.

`client.AccountsClient` is the way in; `errors` says what can go wrong and what to do about it.
"""
