"""Whatever may happen to orders, in any sequence: each rule lets it happen in the shop and in the model."""

from tests.storefront.lifecycle.machine.life import Life

__all__ = ["Life"]
