"""The pure rules of promotions: `evaluate(snapshot, promotions)` and the values that it speaks in."""

from storefront.promotions.rules.benefits import AmountOff as AmountOff
from storefront.promotions.rules.benefits import Benefit as Benefit
from storefront.promotions.rules.benefits import DeliveryOff as DeliveryOff
from storefront.promotions.rules.benefits import PercentOff as PercentOff
from storefront.promotions.rules.conditions import BuyAtLeast as BuyAtLeast
from storefront.promotions.rules.conditions import Condition as Condition
from storefront.promotions.rules.conditions import Shortfall as Shortfall
from storefront.promotions.rules.conditions import SpendAtLeast as SpendAtLeast
from storefront.promotions.rules.evaluation import evaluate as evaluate
from storefront.promotions.rules.nth_item import NthItem as NthItem
from storefront.promotions.rules.nth_item import Together as Together
from storefront.promotions.rules.promotion import Audience as Audience
from storefront.promotions.rules.promotion import Limits as Limits
from storefront.promotions.rules.promotion import Promotion as Promotion
from storefront.promotions.rules.result import Applied as Applied
from storefront.promotions.rules.result import Near as Near
from storefront.promotions.rules.result import Reason as Reason
from storefront.promotions.rules.result import Rejected as Rejected
from storefront.promotions.rules.result import Result as Result
from storefront.promotions.rules.scope import Scope as Scope
from storefront.promotions.rules.serial import promotion_from_data as promotion_from_data
from storefront.promotions.rules.serial import promotion_to_data as promotion_to_data
from storefront.promotions.rules.spending import Rung as Rung
from storefront.promotions.rules.spending import SpendLadder as SpendLadder
from storefront.promotions.rules.spending import SpendRepeat as SpendRepeat
