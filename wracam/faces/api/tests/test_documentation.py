"""The OpenAPI document and its pages: complete, valid, and the same as what is served."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from wracam.faces.api import openapi, ports, problems, reference
from wracam.faces.api.tests import sample

PLACEHOLDERS = {
    "uuid": "019234aa-7c1e-7d3b-9f52-0b6a1c2d3e4f",
    "uuidstr": "019234aa-7c1e-7d3b-9f52-0b6a1c2d3e4f",
    "int": "7",
    "str": "something",
    "slug": "something",
    "path": "a/b",
}


def served_addresses() -> list[str]:
    """Every address that the resolver of `/v1` knows, as the document writes it."""

    def walk(patterns, prefix: str) -> list[str]:
        found = []
        for pattern in patterns:
            text = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found += walk(pattern.url_patterns, text)
            elif isinstance(pattern, URLPattern):
                found.append("/" + text)
        return found

    return sorted(set(walk(get_resolver("wracam.faces.api.urls").url_patterns, "")))


def plain(address: str) -> str:
    return re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", address)


def callable_address(address: str) -> str:
    return re.sub(r"<(?:([a-z]+):)?[a-z_]+>", lambda match: PLACEHOLDERS[match[1] or "str"], address)


def test_every_route_is_documented_and_nothing_else():
    hot = {route.path for route in ports.HOT_ROUTES}

    assert {plain(address) for address in served_addresses()} | hot == set(openapi.document()["paths"])


@pytest.mark.parametrize("address", served_addresses())
def test_every_route_demands_a_key(db, address):
    hot = {route.method.lower() for route in ports.HOT_ROUTES if route.path == plain(address)}
    for method in set(openapi.document()["paths"][plain(address)]) - hot:
        response = Client().generic(method.upper(), callable_address(address), b"{}", "application/json")

        assert response.status_code == 401, (method, address)
        assert json.loads(response.content)["code"] == problems.UNAUTHENTICATED.code


def test_every_operation_says_what_it_does_and_which_scope_it_needs():
    operations = [operation for methods in openapi.document()["paths"].values() for operation in methods.values()]

    assert [one["operationId"] for one in operations if not one["summary"] or not one["x-scope"]] == []
    names = [one["operationId"] for one in operations]
    assert sorted(set(names)) == sorted(names)
    assert all(one["tags"] for one in operations)


def test_the_document_is_openapi_31_with_references_that_resolve():
    document = openapi.document()
    text = json.dumps(document)

    assert document["openapi"] == "3.1.0"
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert name in document["components"]["schemas"]


def test_writes_document_the_idempotency_key_and_bodies():
    whole = openapi.WracamApi(title="Sample", version="1", openapi_url=None, docs_url=None, urls_namespace="s")
    whole.add_router("", sample.new_router())
    posting = next(operation for _, operation in whole.operations() if operation.methods == ["POST"])
    endpoint = vars(posting.view_func)["wracam_endpoint"]

    assert (endpoint.scope, endpoint.status, endpoint.body) == ("notes:write", 201, sample.NoteBody)
    post = openapi.document()["paths"]["/v1/orders"]["post"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in post["parameters"]]
    assert "$ref" in post["requestBody"]["content"]["application/json"]["schema"]


def test_the_page_shows_every_operation_problem_and_field(client: Client, db):
    page = client.get("/api/docs")
    text = page.content.decode()

    assert page.status_code == 200
    for group in reference.groups(openapi.document(), address="http://localhost"):
        for operation in group.operations:
            assert f'id="{operation.id}"' in text
    for kind in reference.problem_kinds():
        assert f'id="problem-{kind.code}"' in text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|https?://(?!localhost|127\.0\.0\.1)", text)


def test_the_document_is_served_to_anybody(client: Client, db):
    response = client.get("/api/openapi.json")

    assert response.json()["info"]["title"] == "Wracam"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_examples_fit_their_own_schemas():
    document = openapi.document()
    body = document["paths"]["/v1/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    required = reference.resolved(document, body)["required"]

    assert set(required) <= set(reference.example(document, body))


def test_the_problems_of_an_operation_are_those_its_code_raises():
    paths = openapi.document()["paths"]

    spend = paths["/v1/loyalty/members/{member_id}/spendings"]["post"]["x-problems"]
    assert {"balance_too_low", "no_program", "points_key_reused", "not_found"} <= set(spend)
    assert paths["/v1/loyalty/members/{member_id}/balances"]["get"]["x-problems"] == ["not_found"]
    named = {code for methods in paths.values() for one in methods.values() for code in one["x-problems"]}
    known = {kind.code: kind for kind in reference.problem_kinds()}
    assert named <= set(known)
    of_features = {code for code, kind in known.items() if kind not in vars(problems).values()}
    assert of_features - named == set(), "a kind of problem that no operation answers"


def test_amounts_and_rates_say_their_unit():
    document = openapi.document()
    evaluation = document["components"]["schemas"]["EvaluationAnswer"]["properties"]
    line = reference.resolved(document, evaluation["lines"]["items"])["properties"]

    assert all("minor units" in evaluation[name]["description"] for name in ("items", "discount", "total", "tax"))
    assert "Basis points" in line["tax_rate_bp"]["description"]
