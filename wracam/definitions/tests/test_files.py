"""Definitions as YAML files: canonical, strict, and applied all or none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wracam.definitions import actions, ports, queries
from wracam.definitions.contracts import FileOutcome, InvalidDefinitionError
from wracam.definitions.core import differences, yaml_text
from wracam.definitions.models import DefinitionVersion
from wracam.definitions.tests.conftest import NOW
from wracam.shops.contracts import SYSTEM

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["on", "yes", "null", "~", "", " x ", "2026-11-22", "18:00", "0123", "1e5", "1.5", "0x1f", "a: b", "# x", "- x",
     "a\nb\n", "a\n\n", "\n", "a \n b", "\r\n", "x\x85y", "\u2028", "é\ufeff", "=", "<<", "!tag", "&a", "*a", "%x", "😀"]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(-(2.0**62), 2.0**62) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=15
)
bodies = st.dictionaries(texts, values, max_size=5)


@given(body=bodies)
def test_what_is_written_is_read_back_the_same_and_written_the_same(body):
    document = {"kind": "test_greeting", "key": "hello", "name": "Cześć", "body": body}

    text = yaml_text.write(document)
    read = yaml_text.read(text)

    assert differences.same(read, document)
    assert yaml_text.write(read) == text


def test_the_order_of_keys_is_that_of_the_schema_and_then_of_the_alphabet():
    schema = {"properties": {"z": {"properties": {"b": {}, "a": {}}}, "list": {"items": {"properties": {"y": {}}}}}}
    document = {"body": {"a": 1, "list": [{"x": 1, "y": 2}], "z": {"c": 1, "a": 1, "b": 1}}, "name": "N", "key": "k"}

    assert yaml_text.write(document, schema) == (
        "key: k\nname: N\nbody:\n  z:\n    b: 1\n    a: 1\n    c: 1\n  list:\n  - y: 2\n    x: 1\n  a: 1\n"
    )


def test_people_may_write_comments_times_and_operators_without_quotes():
    read = yaml_text.read(
        "# ours\nkind: a\nkey: b\nname: c\nbody: {is: on, hours: [18:00, 22:00], day: 2026-11-22, n: 07}"
    )

    assert read["body"] == {"is": "on", "hours": ["18:00", "22:00"], "day": "2026-11-22", "n": "07"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x [1]\nb: *x", "anchors and aliases"),
        ("name: !!python/object/apply:os.system [ls]", "tags are not allowed"),
        ("name: !!binary aGVq", "tags are not allowed"),
        ("name: a\nname: b", "twice"),
        ("1: a", "not text"),
        ("- a", "not a mapping"),
        ("names: a", "fields that no definition has: names"),
        ("name: [", "expected"),
        ("body: " + "[" * 100 + "]" * 100, "nested deeper"),
        ("name: " + "x" * 600_000, "larger than"),
        ("name: \x00", "special characters"),
    ],
)
def test_a_text_that_is_more_or_less_than_a_definition_is_refused(text, message):
    with pytest.raises(yaml_text.YamlError, match=message):
        yaml_text.read(text)


def publish(body, key="hello"):
    actions.save_draft(
        kind="test_greeting", key=key, name="Cześć", body=body, expected_revision=None, actor=SYSTEM, now=NOW
    )
    return actions.publish(kind="test_greeting", key=key, expected_revision=None, actor=SYSTEM, now=NOW)


def exported():
    return queries.export_yaml(kinds=["test_greeting"])


def apply(files):
    return [check.outcome for check in actions.apply_files(texts=files, actor=SYSTEM, now=NOW)]


@pytest.mark.django_db
@pytest.mark.usefixtures("greeting")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies)
def test_export_apply_export_gives_the_same_bytes(body):
    with transaction.atomic():
        publish({**body, "text": "x"})
        first = exported()

        unchanged = apply(first)
        publish({"text": "something else"})
        changed = apply(first)

        assert (unchanged, changed) == ([FileOutcome.UNCHANGED], [FileOutcome.CHANGED])
        assert exported() == first
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.usefixtures("greeting")
def test_files_bring_definitions_to_an_empty_installation_once():
    files = {"test_greeting/hello.yaml": "kind: test_greeting\nkey: hello\nname: Cześć\nbody:\n  text: x\n"}

    [check] = queries.check_files(texts=files)
    assert (check.outcome, check.text.splitlines()[-1]) == (FileOutcome.NEW, "+  text: x")
    assert apply(files) == [FileOutcome.NEW]
    assert apply(files) == [FileOutcome.UNCHANGED]

    assert exported() == files
    assert DefinitionVersion.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("greeting")
def test_a_difference_names_each_place_and_a_draft_survives_the_application():
    publish({"text": "one", "repeat": 1})
    actions.save_draft(
        kind="test_greeting",
        key="hello",
        name="Draft",
        body={"text": "mine"},
        expected_revision=None,
        actor=SYSTEM,
        now=NOW,
    )
    files = {name: text.replace("one", "two") for name, text in exported().items()}

    [check] = queries.check_files(texts=files)
    apply(files)

    assert [(each.path, each.old, each.new) for each in check.differences] == [("body.text", "one", "two")]
    assert "-  text: one\n+  text: two\n" in check.text
    after = queries.editable("test_greeting", "hello")
    assert after is not None
    assert (after.draft, after.name) == ({"text": "mine"}, "Draft")
    assert [version.body["text"] for version in queries.live("test_greeting")] == ["two"]


@pytest.mark.django_db
@pytest.mark.usefixtures("greeting")
def test_one_wrong_file_keeps_all_from_being_applied():
    good = "kind: test_greeting\nkey: a\nname: A\nbody: {text: x}\n"
    files = {
        "test_greeting/a.yaml": good,
        "test_greeting/b.yaml": good,
        "test_greeting/c.yaml": "kind: test_greeting\nkey: c\nname: C\nbody: {}\n",
        "nothing/d.yaml": "kind: nothing\nkey: d\nname: D\nbody: {}\n",
        "test_greeting/e.yaml": "]",
    }

    with pytest.raises(InvalidDefinitionError) as refused, transaction.atomic():
        apply(files)

    assert sorted((problem.path, problem.code) for problem in refused.value.problems) == [
        ("nothing/d.yaml: kind", "kind.unknown"),
        ("test_greeting/b.yaml: key", "file.place"),
        ("test_greeting/c.yaml: text", "text.missing"),
        ("test_greeting/e.yaml: ", "file.unreadable"),
    ]
    assert queries.live("test_greeting") == ()


@pytest.mark.django_db
@pytest.mark.usefixtures("greeting")
def test_a_schedule_travels_with_the_file():
    publish({"text": "x"})
    actions.save_draft(
        kind="test_greeting",
        key="hello",
        name="Sale",
        body={"text": "y"},
        expected_revision=None,
        actor=SYSTEM,
        now=NOW,
    )
    actions.publish(
        kind="test_greeting",
        key="hello",
        expected_revision=None,
        actor=SYSTEM,
        now=NOW,
        starts_at=NOW + timedelta(days=1),
    )

    files = exported()

    assert "starts_at: '2026-11-23T12:00:00+00:00'\n" in files["test_greeting/hello.yaml"]
    assert apply(files) == [FileOutcome.UNCHANGED]


def test_the_file_shown_in_the_documentation_is_sound():
    text = (Path(__file__).parents[3] / "docs" / "definitions.md").read_text("utf-8")
    shown = text.split("```yaml\n")[1].split("```")[0]

    read = yaml_text.read(shown)

    assert queries.problems(read["kind"], read["name"], read["body"]) == []
    assert yaml_text.write(read, ports.KINDS.get(read["kind"]).schema) == shown
