"""The life cycle of a definition, on the real database."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from wracam.definitions import actions, queries
from wracam.definitions.contracts import (
    DefinitionError,
    DefinitionState,
    InvalidDefinitionError,
    NothingToPublishError,
    StaleRevisionError,
    UnknownDefinitionError,
)
from wracam.definitions.models import DefinitionChange, DefinitionVersion
from wracam.definitions.tests.conftest import NOW
from wracam.shops.contracts import SYSTEM, Actor

ANIA = Actor(kind="staff", id="1", name="Ania")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("greeting")]


def save(body, key="hello", name="Powitanie", revision=None, now=NOW):
    return actions.save_draft(
        kind="test_greeting", key=key, name=name, body=body, expected_revision=revision, actor=ANIA, now=now
    )


def publish(key="hello", now=NOW, **more):
    return actions.publish(kind="test_greeting", key=key, expected_revision=None, actor=ANIA, now=now, **more)


def editable():
    found = queries.editable("test_greeting", "hello")
    assert found is not None
    return found


def live_texts(at=None):
    return [version.body["text"] for version in queries.live("test_greeting", at)]


def events_named(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM event WHERE name = %s ORDER BY position", [name])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def test_a_draft_is_not_live_until_it_is_published():
    draft = save({"text": "Cześć"})

    assert draft.state is DefinitionState.DRAFT
    assert (draft.revision, draft.live, draft.body) == (1, None, {"text": "Cześć"})
    assert queries.live("test_greeting") == ()

    version = publish()

    assert (version.number, version.body, version.name) == (1, {"text": "Cześć"}, "Powitanie")
    assert queries.live_of(("test_greeting", "unheard_of")) == [(version,), ()]
    assert queries.live("test_greeting") == (version,)
    assert queries.version(version.version_id) == version
    after = editable()
    assert (after.state, after.draft, after.revision, after.updated_by) == (DefinitionState.LIVE, None, 2, "Ania")


def test_a_live_definition_stays_as_it_is_while_a_newer_draft_waits():
    save({"text": "one"})
    publish()
    save({"text": "two"})

    assert live_texts() == ["one"]
    assert editable().body == {"text": "two"}

    assert publish().number == 2
    assert live_texts() == ["two"]


def test_a_document_with_problems_is_kept_as_a_draft_but_never_published():
    save({"repeat": 2})

    with pytest.raises(InvalidDefinitionError) as refused, transaction.atomic():
        publish()

    assert [(problem.path, problem.code) for problem in refused.value.problems] == [("text", "text.missing")]
    assert queries.live("test_greeting") == ()
    assert DefinitionVersion.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({"text": "a\x00b"}, "body.bad_value", "text"),
        ({"text": "\ud800"}, "body.bad_value", "text"),
        ({"list": [1, float("nan")]}, "body.bad_value", "list[1]"),
        ({"list": [{"big": 2**70}]}, "body.bad_value", "list[0].big"),
        ({"list": [1e30]}, "body.bad_value", "list[0]"),
        ({"text": "x" * 300_000}, "body.too_large", ""),
        ([], "body.not_an_object", ""),
    ],
)
def test_a_body_that_cannot_be_stored_is_refused_with_its_place(body, code, path):
    with pytest.raises(InvalidDefinitionError) as refused, transaction.atomic():
        save(body)

    assert [(problem.path, problem.code) for problem in refused.value.problems] == [(path, code)]


def test_a_key_must_be_fit_for_a_file_name():
    with pytest.raises(DefinitionError), transaction.atomic():
        save({"text": "x"}, key="../etc")


def test_an_editor_who_loaded_an_older_revision_is_told():
    first = save({"text": "one"}, revision=0)
    save({"text": "two"}, revision=first.revision)

    with pytest.raises(StaleRevisionError), transaction.atomic():
        save({"text": "three"}, revision=first.revision)
    with pytest.raises(StaleRevisionError), transaction.atomic():
        save({"text": "three"}, revision=0)

    assert editable().draft == {"text": "two"}


def test_publishing_what_is_live_already_makes_no_new_version():
    save({"text": "one"})
    first = publish()
    save({"text": "one"})

    assert publish() == first
    assert len(queries.history("test_greeting", "hello")) == 1
    assert len(events_named("definition.published")) == 1


def test_publishing_without_a_draft_is_refused():
    save({"text": "one"})
    publish()

    with pytest.raises(NothingToPublishError), transaction.atomic():
        publish()
    with pytest.raises(UnknownDefinitionError), transaction.atomic():
        publish(key="nobody")


def test_a_roll_back_publishes_the_old_body_as_a_new_version_and_keeps_the_draft():
    save({"text": "one"}, name="First")
    publish()
    save({"text": "two"}, name="Second")
    publish()
    save({"text": "three"}, name="Third")

    version = actions.roll_back(
        kind="test_greeting", key="hello", number=1, expected_revision=None, actor=ANIA, now=NOW
    )

    assert (version.number, version.body, version.name) == (3, {"text": "one"}, "First")
    assert live_texts() == ["one"]
    after = editable()
    assert (after.draft, after.name) == ({"text": "three"}, "Third")
    assert [
        (entry.what.value, entry.version and entry.version.number)
        for entry in queries.history("test_greeting", "hello")
    ] == [
        ("rolled_back", 3),
        ("published", 2),
        ("published", 1),
    ]


def test_an_archived_definition_is_out_of_force_until_it_is_published_again():
    save({"text": "one"})
    publish()

    actions.archive(kind="test_greeting", key="hello", expected_revision=None, actor=ANIA, now=NOW)

    assert queries.live("test_greeting") == ()
    assert queries.listed("test_greeting") == []
    assert [event["key"] for event in events_named("definition.archived")] == ["hello"]
    save({"text": "one"})
    assert publish().number == 2
    assert live_texts() == ["one"]


def test_a_review_needs_a_sound_draft_and_ends_with_the_next_save():
    save({})
    with pytest.raises(InvalidDefinitionError), transaction.atomic():
        actions.submit_for_review(kind="test_greeting", key="hello", expected_revision=None, actor=ANIA, now=NOW)
    save({"text": "one"})

    submitted = actions.submit_for_review(
        kind="test_greeting", key="hello", expected_revision=None, actor=ANIA, now=NOW
    )

    assert submitted.state is DefinitionState.IN_REVIEW
    assert submitted.draft_is_in_review
    assert save({"text": "two"}).state is DefinitionState.DRAFT


def test_discarding_a_draft_returns_to_what_is_live():
    save({"text": "one"}, name="First")
    publish()
    save({"text": "two"}, name="Second")

    after = actions.discard_draft(kind="test_greeting", key="hello", expected_revision=None, actor=ANIA, now=NOW)

    assert (after.draft, after.name, after.body) == (None, "First", {"text": "one"})


def test_a_scheduled_version_takes_over_at_its_start_and_ends_at_its_end():
    save({"text": "usual"})
    publish()
    save({"text": "sale"})
    publish(starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=2))

    assert live_texts(NOW) == ["usual"]
    assert live_texts(NOW + timedelta(days=1)) == ["sale"]
    assert live_texts(NOW + timedelta(days=2)) == []
    assert live_texts() == ["sale"]
    usual = queries.live_one("test_greeting", "hello", NOW)
    assert usual is not None
    assert usual.body == {"text": "usual"}


def test_the_past_can_be_asked_what_was_in_force():
    save({"text": "one"})
    publish(now=NOW)
    save({"text": "two"})
    publish(now=NOW + timedelta(days=1))
    actions.archive(kind="test_greeting", key="hello", expected_revision=None, actor=ANIA, now=NOW + timedelta(days=2))

    def texts(days):
        return [version.body["text"] for version in queries.versions_at("test_greeting", NOW + timedelta(days=days))]

    assert [texts(days) for days in (-1, 0, 1, 2)] == [[], ["one"], ["two"], []]
    moments = [NOW + timedelta(days=days) for days in (2, 0, 1)]
    found = queries.versions_at_each("test_greeting", moments)
    assert [[version.body["text"] for version in versions] for versions in found] == [[], ["one"], ["two"]]


def test_a_definition_is_in_force_since_its_first_version_was_whatever_came_later():
    save({"text": "one"})
    publish(now=NOW, starts_at=NOW + timedelta(days=3))
    assert queries.in_force_since("test_greeting") == {"hello": NOW + timedelta(days=3)}

    save({"text": "two"})
    publish(now=NOW + timedelta(days=1))

    assert queries.in_force_since("test_greeting") == {"hello": NOW + timedelta(days=1)}


def test_the_database_refuses_to_change_or_delete_a_version_and_its_history():
    save({"text": "one"})
    publish()

    for table in (DefinitionVersion, DefinitionChange):
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
            table.objects.update(**({"name": "x"} if table is DefinitionVersion else {"note": "x"}))
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
            table.objects.all()._raw_delete("default")
    assert live_texts() == ["one"]


def test_what_was_rolled_back_with_its_transaction_is_not_remembered():
    save({"text": "one"})
    publish()
    try:
        with transaction.atomic():
            save({"text": "two"})
            publish()
            assert live_texts() == ["two"]
            raise InterruptedError
    except InterruptedError:
        pass

    assert live_texts() == ["one"]


def test_live_versions_are_read_from_memory_while_nothing_changes(django_assert_num_queries):
    save({"text": "one"})
    publish()
    first = queries.live("test_greeting")

    with django_assert_num_queries(1):
        assert queries.live("test_greeting") is first


def test_every_step_is_audited_and_announced():
    save({"text": "one"})
    version = publish()
    actions.archive(kind="test_greeting", key="hello", expected_revision=None, actor=SYSTEM, now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT verb, actor_name FROM audit_entry WHERE object_kind = 'test_greeting' ORDER BY id")
        assert cursor.fetchall() == [("definition.published", "Ania"), ("definition.archived", "Wracam")]
    assert events_named("definition.published") == [
        {"kind": "test_greeting", "key": "hello", "version_id": str(version.version_id), "number": 1}
    ]
