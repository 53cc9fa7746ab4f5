"""How statements of an evaluation are run: by everybody on Django's connection, by the hot process on its own."""

from wracam.foundation.questions import Execute
from wracam.foundation.questions import on_django as DATABASE  # noqa: N812  # a constant choice

__all__ = ["DATABASE", "Execute"]
