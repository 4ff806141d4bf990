"""Letters as their readers get them: every one in both languages, with samples of what it tells."""
