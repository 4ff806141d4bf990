"""Templates as this application uses them: macros are imported without asking, every time, whether globals differ."""

from __future__ import annotations

import jinja2
from flask import Flask
from jinja2.environment import TemplateModule
from jinja2.runtime import Context


class Template(jinja2.Template):
    """A template whose macros see the environment's globals and nothing else, so one module of them serves all.

    Jinja compares the globals of both sides on each `import`, which costs more than most macros; nothing here gives a
    template globals of its own.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Let the application's templates be of this kind."""
    app.jinja_env.template_class = Template
