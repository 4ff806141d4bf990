"""Who changed what in the back office, with before and after. Rows are only ever added."""
