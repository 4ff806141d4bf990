"""Pages about somebody's data: of who has an account (`own`), and of who ordered without one (`guest`)."""

from storefront.privacy.views import guest, own
from storefront.privacy.views.blueprint import blueprint

__all__ = ["blueprint", "guest", "own"]
