"""Jobs: deferred with their transaction, once per key, run by a worker that survives."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from wracam.foundation import clock, jobs

ran: list[str] = []
failures_left: list[int] = [0]


@jobs.job(queue="tests")
def water(*, plant: str) -> None:
    """Water a plant."""
    ran.append(plant)


@jobs.job(queue="tests", retry=jobs.Retry(attempts=3, wait_seconds=0))
def water_with_a_leaking_can(*, plant: str) -> None:
    """Fail as often as `failures_left` says."""
    if failures_left[0]:
        failures_left[0] -= 1
        raise OSError("the can leaks")
    ran.append(plant)


@pytest.fixture(autouse=True)
def _nothing_ran(request: pytest.FixtureRequest) -> Iterator[None]:
    """Jobs that a test committed are no table of ours, so nobody else removes them."""
    ran.clear()
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        with request.getfixturevalue("django_db_blocker").unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def _work_until(condition) -> None:
    """Run a real worker in a thread until the condition holds."""
    stop = threading.Event()
    worker = threading.Thread(target=jobs.run_jobs, args=(stop,), kwargs={"queues": ["tests"], "concurrency": 2})
    worker.start()
    try:
        for _ in range(200):
            if condition():
                return
            stop.wait(0.05)
    finally:
        stop.set()
        worker.join(20)
    raise AssertionError("the worker did not get there in ten seconds")


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_rolled_back_transaction_never_was():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.defer(water, plant="fern")
        raise ZeroDivisionError

    assert ProcrastinateJob.objects.count() == 0


@pytest.mark.django_db
def test_a_keyed_job_waits_once_and_leaves_the_transaction_whole():
    first = jobs.defer(water, key="fern", plant="fern")
    second = jobs.defer(water, key="fern", plant="fern")
    jobs.defer(water, key="ivy", plant="ivy")

    count = jobs.run_due()

    assert first is not None
    assert second is None
    assert (count, ran) == (2, ["fern", "ivy"])


@pytest.mark.django_db
def test_a_job_for_later_is_not_due():
    jobs.defer(water, at=clock.now().replace(year=2199), plant="fern")

    assert jobs.run_due() == 0
    assert ran == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_what_is_committed():
    with transaction.atomic():
        jobs.defer(water, plant="fern")

    _work_until(lambda: ran)

    assert ran == ["fern"]


@pytest.mark.django_db(transaction=True)
def test_a_failing_job_is_tried_as_often_as_it_says():
    failures_left[0] = 2
    jobs.defer(water_with_a_leaking_can, plant="fern")

    _work_until(lambda: ProcrastinateJob.objects.filter(status="succeeded").exists())

    assert ran == ["fern"]
    failures_left[0] = 3
    jobs.defer(water_with_a_leaking_can, plant="ivy")
    _work_until(lambda: ProcrastinateJob.objects.filter(status="failed").exists())
    assert ran == ["fern"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_outlives_the_loss_of_its_connections():
    stop = threading.Event()
    worker = threading.Thread(target=jobs.run_jobs, args=(stop,), kwargs={"queues": ["tests"]})
    worker.start()
    try:
        stop.wait(1.0)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 1
        jobs.defer(water, plant="fern")
        for _ in range(200):
            if ran:
                break
            stop.wait(0.05)
    finally:
        stop.set()
        worker.join(20)

    assert ran == ["fern"]
    assert not worker.is_alive()


def test_periodic_jobs_are_known_to_the_worker():
    names = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}

    assert {"foundation.jobs.rescue_stalled", "foundation.jobs.remove_finished_jobs.periodic"} <= names
