"""What the merchant decides: the shop's name, currency, zone, languages, timers and thresholds.

Settings are rows; a setting without a row has the default written in `rules.ShopSettings`. A process reads them again
when what it keeps is two seconds old, so a page pays nothing for them and a change shows at once.
"""
