"""The embedded PostgreSQL 18: our own life cycle around the server binaries of a wheel. No Django in here.

`Cluster(data_folder).start()` is the door; `ClusterError` says in one sentence what is wrong and what to do.
"""

from wracam.foundation.postgres.cluster import Cluster
from wracam.foundation.postgres.problems import ClusterError, InUseError
from wracam.foundation.postgres.profiles import FOR_TESTS, PRODUCTION, Profile

__all__ = ["FOR_TESTS", "PRODUCTION", "Cluster", "ClusterError", "InUseError", "Profile"]
