"""The call log: every call, its messages, and what is known of it, in SQLite or PostgreSQL."""

from ell2a.log.aside import LogUnavailable
from ell2a.log.call_log import CallLog
from ell2a.log.redaction import register_secret
from ell2a.log.views import (
    Blob,
    Bucket,
    CallDetail,
    CallFilter,
    CallPage,
    CallSummary,
    Count,
    FacetValue,
    LmpSource,
    StoreInfo,
    UsageRow,
)

__all__ = [
    "Blob",
    "Bucket",
    "CallDetail",
    "CallFilter",
    "CallLog",
    "CallPage",
    "CallSummary",
    "Count",
    "FacetValue",
    "LmpSource",
    "LogUnavailable",
    "StoreInfo",
    "UsageRow",
    "register_secret",
]
