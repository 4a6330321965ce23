"""The laws of a provider as one test class and one command, with no key and no network.

    class TestMine(ProviderConformance):
        provider = MyProvider
        answers = (AnswerSample(...),)

Needs pytest and hypothesis, which nothing else of ell2a does: `pip install 'ell2a[conformance]'`.
"""

from importlib.util import find_spec

from ell2a.errors import ContractError

_missing = [package for package in ("pytest", "hypothesis") if find_spec(package) is None]
if _missing:
    raise ContractError(
        f"the conformance kit needs {' and '.join(f'`{name}`' for name in _missing)}, not installed here:"
        " pip install 'ell2a[conformance]'"
    )

from ell2a.providers.conformance.broken import LawBroken  # noqa: E402  # after the check that they can be imported
from ell2a.providers.conformance.checking import CheckResult, LawResult, check  # noqa: E402
from ell2a.providers.conformance.laws import LAWS, Law  # noqa: E402
from ell2a.providers.conformance.samples import (  # noqa: E402
    AnswerSample,
    ErrorSample,
    Meaning,
    Rewriting,
    StreamSample,
)
from ell2a.providers.conformance.subject import Subject  # noqa: E402
from ell2a.providers.conformance.suite import ProviderConformance  # noqa: E402
from ell2a.providers.conformance.transport import Reply, Transport  # noqa: E402

__all__ = [
    "LAWS",
    "AnswerSample",
    "CheckResult",
    "ErrorSample",
    "Law",
    "LawBroken",
    "LawResult",
    "Meaning",
    "ProviderConformance",
    "Reply",
    "Rewriting",
    "StreamSample",
    "Subject",
    "Transport",
    "check",
]
