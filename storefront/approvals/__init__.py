"""A second pair of eyes: what one person may not decide alone waits here until another has looked.

A service of any room refuses with `NeedsApproval` when a member of staff goes beyond a limit (limits are settings). The
refusal holds what was wanted, frozen: what it is about, what is to be done, and the facts that the other person will
see. Stored with a reason it is a request. Whoever may approve its kind, and has not made it, approves or rejects it;
its maker may take it back; after some days it lapses.

To approve is to carry out, in the same transaction and through the same service as ever, so everything is checked anew:
what is no longer possible is refused, and the request says why. The service is told that "approval:<number>" acts, two
people, so it asks for no approval; nobody else can act as one. A room says what can be approved, and how it is carried
out, in its `approvable.py`; this room finds them and knows none of them.
"""
