"""What templates may ask about pictures."""

from __future__ import annotations

from flask import Flask

from storefront.media.pictures import picture_size, picture_srcset, picture_url


def init_app(app: Flask) -> None:
    """Give templates `picture_url`, `picture_srcset` and `picture_size`, as functions and as filters."""
    for function in (picture_url, picture_srcset, picture_size):
        app.jinja_env.globals[function.__name__] = function
        app.jinja_env.filters[function.__name__] = function
