"""Templates as this application uses them: none has globals of its own, so nobody asks each time whether it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jinja2
from flask import Flask
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, new_context


class Template(jinja2.Template):
    """A template that sees the environment's globals and nothing else, so one module of its macros serves all.

    Jinja lays a template's own globals over the environment's name by name each time it is drawn, and compares those of
    both sides on each `import`: that costs more than most macros.
    """

    def new_context(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> Context:
        return new_context(self.environment, self.name, self.blocks, vars, shared, self.environment.globals, locals)

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Let the application's templates be of this kind."""
    app.jinja_env.template_class = Template
