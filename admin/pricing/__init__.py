"""Price lists: for whom and when they hold, and what goods cost in them, typed one by one or pasted by the hundred."""
