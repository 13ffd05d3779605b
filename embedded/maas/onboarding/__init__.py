"""From an order to a first key: the documented checkout and the pages behind it.

No payment provider is asked: a page that says so stands in for it.
"""

from __future__ import annotations
