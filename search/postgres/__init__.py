"""The same index in PostgreSQL, for shops of several machines: terms as `tsvector` under GIN, one copy for all nodes.

    index = PostgresIndex("postgresql://shop@host/shop", cache_dir, key="shop")
    searcher = SearchHolder(index).searcher()

Tokens are those of `search.schema.field_tokens`, never PostgreSQL's own parser; the weights A to D say which fields
they stand in (`lexemes`). Each segment of a generation is a table of its own in the namespace `search_index`, built
once and dropped whole (`tables`); a generation is a row that lists segments and what is deleted in each, under a
checksum (`manifest`). A write is one transaction, so a crash leaves nothing (`writing`). Columns travel as files,
and each node unpacks and checks them once (`files`). Which documents a token has, and how often, a process asks
PostgreSQL once for each segment (`raw`, `terms`); matching, filters, facets and order are the same code as in the
embedded backend, so that the answers are the same documents in the same order.

Imported only where SEARCH_BACKEND asks for it: a web worker over Whoosh does not carry psycopg for it.
"""

from search.postgres.connecting import Server
from search.postgres.writing import PostgresIndex

__all__ = ["PostgresIndex", "Server"]
