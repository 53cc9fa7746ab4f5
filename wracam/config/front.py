"""One address for everything: hot requests go to the hot function, the rest to Django.

The hot process listens on a port of its own besides; a proxy in front may send those straight there.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

from wracam.foundation import processes

processes.die_with_parent(signal.SIGKILL)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wracam.config.settings")

from wracam.config import hot, proxies  # noqa: E402  settings must be named before
from wracam.config.wsgi import application as django  # noqa: E402

StartResponse = Callable[..., Any]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Serve one request (WSGI)."""
    proxies.resolve(environ)
    if hot.serves(environ["REQUEST_METHOD"], environ["PATH_INFO"]):
        return hot.application(environ, start_response)
    pages: Iterable[bytes] = django(environ, start_response)
    return pages
