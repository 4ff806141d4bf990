"""Pages of accounts: `door`, `phone` and `outside` let people in and out, `inbox` is where letters lead; `home`,
`book`, `details` and `security` are a customer's own pages."""

from storefront.accounts.views import book as book
from storefront.accounts.views import details as details
from storefront.accounts.views import door as door
from storefront.accounts.views import home as home
from storefront.accounts.views import inbox as inbox
from storefront.accounts.views import outside as outside
from storefront.accounts.views import phone as phone
from storefront.accounts.views import security as security
from storefront.accounts.views.blueprint import blueprint as blueprint
