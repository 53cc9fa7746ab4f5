"""The script of the widgets as shops' pages get it: small, kept, open to every origin, and asking for nothing else."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re

from django.test import Client

from wracam.faces.widgets import portal

SIZE_MAX = 15_000


def test_the_script_is_small_and_needs_no_other_file():
    text = portal.current().plain.decode()

    assert len(portal.current().plain) < SIZE_MAX
    assert not re.search(r"\b(import|eval|new Function|innerHTML|document\.cookie|localStorage)\b", text)
    assert re.findall(r"https?://[^\s\"'`]+", text) == ["http://www.w3.org/2000/svg"] * 2


def test_every_shop_may_load_it_and_keeps_it_an_hour():
    answer = Client().get("/widgets/v1.js", headers={"Accept-Encoding": "gzip"})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Cache-Control"].startswith("public, max-age=3600")
    assert gzip.decompress(answer.content) == portal.current().plain


def test_asking_again_with_its_version_sends_nothing():
    client = Client()
    version = client.get("/widgets/v1.js")["ETag"]

    again = client.get("/widgets/v1.js", headers={"If-None-Match": version})

    assert (again.status_code, again.content) == (304, b"")


def test_a_pinned_version_is_kept_for_ever_and_matches_its_integrity():
    script = portal.current()

    answer = Client().get(f"/widgets/v1-{script.version}.js")
    other = Client().get("/widgets/v1-000000000000.js")

    assert "immutable" in answer["Cache-Control"]
    digest = base64.b64encode(hashlib.sha384(answer.content).digest()).decode()
    assert script.integrity == f"sha384-{digest}"
    assert other.status_code == 404


def test_the_script_cannot_be_posted_to():
    assert Client().post("/widgets/v1.js").status_code == 405
