"""Loaded by every process of a tortured installation: adds a subscription that counts each event it is handed.

With WRACAM_TORTURE_LOCK=removed it also takes the lock from the delivery of events, for the control that must fail.
"""

import os

from wracam.foundation import features

_load = features.load_plug_ins


def load_plug_ins():
    _load()
    import counting  # type: ignore[import-not-found]  # its folder is on the path of tortured processes only

    counting.install(is_locked=os.environ.get("WRACAM_TORTURE_LOCK") != "removed")


features.load_plug_ins = load_plug_ins
