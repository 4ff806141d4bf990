"""Price lists: for whom and when they hold, and what goods cost in them, typed one by one or pasted by the hundred.

Taxes: whether prices contain them, classes of goods, rates by place and day, and what was taken in a period.
"""
