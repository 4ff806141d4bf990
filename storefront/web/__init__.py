"""Flask plumbing without a shop noun: pages and fragments, cross-site refusal, errors, languages, headers, formats.

Every page of the shop and of the back office goes through `fragments.render_page` and `fragments.redirect_to`; every
refusal through `errors`; every amount and date through `filters`. Nothing here knows what is being sold.
"""
