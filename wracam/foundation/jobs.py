"""Background jobs: declared with `@job`, deferred in the transaction that needs them, run by a worker.

A thin wrapper round procrastinate, so that no feature depends on it. A job runs at least once: it may run again after
a killed worker, so it must find what is still to do by itself. Arguments are JSON values; name what to work on, not
the data.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, ParamSpec

import procrastinate
from asgiref.sync import sync_to_async
from django.db import connections, transaction
from procrastinate import exceptions, job_context, jobs
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from wracam.foundation import clock

logger = logging.getLogger(__name__)
P = ParamSpec("P")

QUEUE_DEFAULT = "default"
CONCURRENCY_DEFAULT = 4
FINISHED_KEPT_HOURS = 72
STALLED_SECONDS = 60
RECONNECT_SECONDS_MAX = 15.0
POLL_SECONDS = 1.0
STOP_POLL_SECONDS = 0.2
STOP_GRACE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often a failing job is run in all, and how the waits grow: doubled each time, up to a limit."""

    attempts: int = 5
    wait_seconds: int = 10
    wait_seconds_max: int = 3_600


NO_RETRY = Retry(attempts=1)


class _Doubling(procrastinate.BaseRetryStrategy):
    """Tells procrastinate when to run a failed job again."""

    def __init__(self, retry: Retry) -> None:
        self.retry = retry

    def get_retry_decision(self, *, exception: BaseException, job: jobs.Job) -> procrastinate.RetryDecision | None:
        """Return the next moment, or None after the last attempt."""
        del exception
        if job.attempts + 1 >= self.retry.attempts:
            return None
        seconds = min(self.retry.wait_seconds * 2**job.attempts, self.retry.wait_seconds_max)
        return procrastinate.RetryDecision(retry_in={"seconds": seconds})


class Job(Generic[P]):
    """A declared job. Calling it runs it here and now; `defer` lets a worker run it."""

    def __init__(self, function: Callable[P, None], *, queue: str, retry: Retry) -> None:
        self.function = function
        self.name = f"{function.__module__.removeprefix('wracam.')}.{function.__qualname__}"
        self.__doc__ = function.__doc__
        self.task = app.task(name=self.name, queue=queue, retry=_Doubling(retry))(function)

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> None:
        """Run it here and now."""
        self.function(*arguments, **named)


def job(*, queue: str = QUEUE_DEFAULT, retry: Retry = Retry()) -> Callable[[Callable[P, None]], Job[P]]:
    """Declare a function with keyword arguments as a job."""
    return lambda function: Job(function, queue=queue, retry=retry)


def periodic(
    cron: str,
    *,
    queue: str = QUEUE_DEFAULT,
    retry: Retry = Retry(),
) -> Callable[[Callable[[], None]], Job[[]]]:
    """Declare a function without arguments as a job that is deferred at the times of *cron* (UTC), once per time."""

    def register(function: Callable[[], None]) -> Job[[]]:
        declared = Job(function, queue=queue, retry=retry)

        def run_at(timestamp: int) -> None:
            del timestamp
            function()

        task = app.task(name=f"{declared.name}.periodic", queue=queue, retry=_Doubling(retry))(run_at)
        app.periodic(cron=cron)(task)
        return declared

    return register


def defer(
    declared: Job[Any],
    *,
    key: str | None = None,
    at: datetime | None = None,
    in_order_of: str | None = None,
    **arguments: Any,
) -> int | None:
    """Have a worker run the job once the open transaction commits; return the job's id.

    A job with a *key* waits at most once: None when one of that key is waiting already (one that runs does not count).
    Jobs with the same *in_order_of* never run at the same time.
    """
    deferrer = declared.task.configure(queueing_lock=key, lock=in_order_of, schedule_at=at)
    if key is None:
        return deferrer.defer(**arguments)
    try:
        with transaction.atomic():
            return deferrer.defer(**arguments)
    except exceptions.AlreadyEnqueued:
        return None


def run_due(*, limit: int = 1_000) -> int:
    """Run the waiting jobs here, in their order, in the open transaction if any; return how many. For tests and tools.

    Jobs scheduled for later stay. An error of a job is raised.
    """
    count = 0
    while count < limit:
        waiting = ProcrastinateJob.objects.filter(status="todo").order_by("priority", "id")
        row = waiting.exclude(scheduled_at__gt=clock.now()).first()
        if row is None:
            break
        _finish(row.id)
        app.tasks[row.task_name].func(**row.args)
        count += 1
    return count


def _finish(job_id: int) -> None:
    """Take a job off the queue. The table's model is read-only, by design of procrastinate."""
    with transaction.atomic(), transaction.get_connection().cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job_id])


def run_jobs(
    stop: threading.Event, *, queues: Iterable[str] | None = None, concurrency: int = CONCURRENCY_DEFAULT
) -> None:
    """Run jobs until *stop* is set; reconnect with growing waits when the database goes away."""
    wait = 0.5
    while not stop.is_set():
        try:
            asyncio.run(_work(stop, list(queues) if queues else None, concurrency))
            wait = 0.5
        except Exception:
            logger.exception("the job worker lost its database; trying again in %.1f s", wait)
            stop.wait(wait)
            wait = min(wait * 2, RECONNECT_SECONDS_MAX)


async def _work(stop: threading.Event, queues: list[str] | None, concurrency: int) -> None:
    # The thread in which Django works for this loop outlives it, with a connection that may have died meanwhile.
    await sync_to_async(connections.close_all)()
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined] # Django's own
    async with worker_app.open_async():
        worker = asyncio.create_task(
            worker_app.run_worker_async(
                queues=queues,  # type: ignore[arg-type] # None means all of them, as its documentation says
                concurrency=concurrency,
                fetch_job_polling_interval=POLL_SECONDS,
                install_signal_handlers=False,
                delete_jobs="never",
                shutdown_graceful_timeout=STOP_GRACE_SECONDS,
            )
        )
        while not worker.done() and not stop.is_set():
            await asyncio.sleep(STOP_POLL_SECONDS)
        if not worker.done():
            worker.cancel()
        try:
            await worker
        except asyncio.CancelledError:
            logger.info("the job worker has stopped")


async def _rescue_stalled(context: job_context.JobContext, timestamp: int) -> None:
    """Let jobs of killed workers run again."""
    del timestamp
    manager = context.app.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        logger.warning("job %s of a worker that is gone is tried again", stalled.call_string)
        try:
            await manager.retry_job(stalled)
        except exceptions.ConnectorException:
            # Another job with its key is waiting and will do the same work.
            await manager.finish_job(stalled, jobs.Status.FAILED, delete_job=False)


app.periodic(cron="* * * * *")(
    app.task(name="foundation.jobs.rescue_stalled", queue="upkeep", pass_context=True)(_rescue_stalled)
)


@periodic("17 3 * * *", queue="upkeep")
def remove_finished_jobs() -> None:
    """Delete jobs that ended long ago, so that the queue stays small."""
    with transaction.atomic(), transaction.get_connection().cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted') "
            "AND id IN (SELECT job_id FROM procrastinate_events GROUP BY job_id HAVING max(at) < %s::timestamptz "
            "- make_interval(hours => %s))",
            [clock.now(), FINISHED_KEPT_HOURS],
        )
