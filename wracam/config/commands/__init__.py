"""The verbs of the `wracam` command, one module each, found by name."""
