"""Flask plumbing without a shop noun: pages and fragments, cross-site refusal, errors, languages, headers, formats.

Every page of the shop and of the back office goes through `fragments.render_page` and `fragments.redirect_to`; every
refusal through `errors`; every amount and date through `filters`. Parts that look alike for many readers are drawn once
(`drawn`), whole pages that are everybody's are kept (`kept_pages`), templates are compiled once for a machine
(`compiled`), and what no reader should wait for is done `beside` the requests or `afterwards`. Nothing here knows what
is being sold.
"""
