"""What an order's life comes to, thought out anew in plain Python: money, goods, parcels, returns, and no line of the
shop's.

Every method of the `Model` is something that happens. It moves the model on; `may_…` says beforehand whether the shop
has to let it happen, and `Sale` and `Wish` say where everything stands afterwards.
"""

from tests.storefront.lifecycle.model.sale import Back, Box, Line, Sale, Try, Units
from tests.storefront.lifecycle.model.shop_model import Model
from tests.storefront.lifecycle.model.wish import Wish

__all__ = ["Back", "Box", "Line", "Model", "Sale", "Try", "Units", "Wish"]
