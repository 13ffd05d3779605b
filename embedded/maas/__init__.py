"""A memory service that speaks the documented MaaS HTTP API, on PostgreSQL."""

from __future__ import annotations

import os

# Before numpy is imported: a product of 10,000 vectors takes 1 ms in one thread, and
# 10 ms or more when it waits for a second thread on a busy machine (measured).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
