"""An address pasted in one piece, taken apart: name, phone, region path, street. Pure.

"张三 13800138000 广东省深圳市南山区科技园南路1号", in any order, with labels or without, is read as addresses of China
are written, the largest place first; a block of lines or a line with commas as elsewhere, the smallest first. What
cannot be told apart stays in the street, and what is not there stays empty: whoever pasted it looks at the fields
before anything is kept.
"""

from storefront.places.pasting.parts import Pasted
from storefront.places.pasting.reading import read_pasted

__all__ = ["Pasted", "read_pasted"]
