"""When a session begins and ends, in the words of the reader and the clock of the shop."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from flask_babel import gettext as _
from flask_babel import pgettext
from markupsafe import Markup, escape

from storefront.web.locale import babel_locale


def starts_words(moment: datetime, at: datetime, zone: str) -> Markup:
    """Return "Starts at 20:00", "Starts tomorrow at 08:00" or the day, as `<time>`."""
    return _element(moment, *_parts(moment, at, zone), "starts")


def ends_words(moment: datetime, at: datetime, zone: str) -> Markup:
    """Return "Ends at 22:00", "Ends tomorrow at 02:00" or the day, as `<time>`."""
    return _element(moment, *_parts(moment, at, zone), "ends")


def clock_words(moment: datetime, zone: str) -> str:
    """Return the time of day: "20:00"."""
    return str(format_skeleton("Hm", moment.astimezone(ZoneInfo(zone)), locale=babel_locale()))


def day_words(moment: datetime, at: datetime, zone: str) -> str:
    """Return "Today", "Tomorrow", or the day: "May 3"."""
    local, today = moment.astimezone(ZoneInfo(zone)).date(), at.astimezone(ZoneInfo(zone)).date()
    if local == today:
        return str(pgettext("day", "Today"))
    return str(_("Tomorrow")) if local == today + timedelta(days=1) else _day(moment, zone)


def _parts(moment: datetime, at: datetime, zone: str) -> tuple[int, str, str]:
    local, today = moment.astimezone(ZoneInfo(zone)).date(), at.astimezone(ZoneInfo(zone)).date()
    return (local - today).days, clock_words(moment, zone), _day(moment, zone)


def _day(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    if local.year != datetime.now(local.tzinfo).year:
        return format_date(local, "medium", locale=babel_locale())
    return str(format_skeleton("MMMd", local, locale=babel_locale()))


def _element(moment: datetime, days: int, time: str, day: str, what: str) -> Markup:
    if what == "starts":
        words = (
            _("Starts at %(time)s", time=time)
            if days == 0
            else _("Starts tomorrow at %(time)s", time=time)
            if days == 1
            else _("Starts on %(day)s at %(time)s", day=day, time=time)
        )
    else:
        words = (
            _("Ends at %(time)s", time=time)
            if days == 0
            else _("Ends tomorrow at %(time)s", time=time)
            if days == 1
            else _("Ends on %(day)s at %(time)s", day=day, time=time)
        )
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(timespec="seconds"), escape(words))
