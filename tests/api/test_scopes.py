"""Every scope an endpoint asks for can be ticked when a key is made."""

from __future__ import annotations

from wracam.faces.api.openapi import document
from wracam.shops.ports import SCOPES


def test_each_scope_that_an_endpoint_asks_for_can_be_given_to_a_key():
    asked = {
        operation["x-scope"]
        for operations in document()["paths"].values()
        for operation in operations.values()
        if operation.get("x-scope")
    }

    assert asked >= {"orders:write", "loyalty:read"}
    assert asked - set(SCOPES.names()) == set()
