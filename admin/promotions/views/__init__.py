"""Pages of promotions: `editing` has the list, the builder and the steps of a promotion's life; `watching` has the
calendar, a cart "as if" and the report.
"""

from admin.promotions.views import editing as editing
from admin.promotions.views import watching as watching
from admin.promotions.views.blueprint import blueprint as blueprint
