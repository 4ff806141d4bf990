"""Signing in with an account elsewhere: Google by OpenID Connect; WeChat, QQ and Weibo in their dialects of OAuth 2.

Each is offered once its two keys are in the environment (`OIDC_GOOGLE_ID`, `OIDC_GOOGLE_SECRET`, and so on). A
handshake is kept in the browser's signed session: a random state, a nonce, and a PKCE verifier for OpenID Connect (the
dialects know neither nonce nor PKCE). An answer with another state is refused before anything is asked.

What comes back is a `Person`: who they are there, and an e-mail if the provider has one. An e-mail counts only when a
provider that is trusted with it says that it is verified; and even then an account that exists is connected only after
its owner has given its password or followed a letter. Whoever has an address today may not be who had it yesterday.
"""
