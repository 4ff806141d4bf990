"""Products: `products` has the list and the first page of one, the other modules one page each: what it is and what is
told of it, its variants, its pictures, when shoppers see it, what search engines show; `types` has what products of a
type tell.
"""

from admin.catalog.views import appearance as appearance
from admin.catalog.views import creating as creating
from admin.catalog.views import facts as facts
from admin.catalog.views import pictures as pictures
from admin.catalog.views import products as products
from admin.catalog.views import publication as publication
from admin.catalog.views import types as types
from admin.catalog.views import variants as variants
from admin.catalog.views.blueprint import blueprint as blueprint
