"""Checkout's pages: `pages` answers requests, `sheet` gathers what the page shows."""

from storefront.checkout.views.pages import blueprint as blueprint
