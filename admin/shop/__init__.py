"""The merchant's settings: rows of `storefront.shop.rules`, group by group, each with what it means."""
