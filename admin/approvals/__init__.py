"""Requests that wait for a second pair of eyes, and the page on which whoever needs one says why.

A view lets `NeedsApproval` pass: `asking.answer` shows what another person would be asked, with everything that was
typed, and once a reason is there stores the request.
"""
