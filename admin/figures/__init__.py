"""Reports: what was sold, which goods, to whom, through which offers and visits; what is to be ordered.

Each report is a `Report`: the days that it looks at, charts of them, and one table whose columns are also its file.
"""
