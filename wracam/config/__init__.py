"""The composition root: settings, urls, the WSGI programs and the `wracam` command."""
