"""Pages of accounts: `door` lets people register, in and out, `book` holds a customer's own pages."""

from storefront.accounts.views import book as book
from storefront.accounts.views import door as door
from storefront.accounts.views.blueprint import blueprint as blueprint
