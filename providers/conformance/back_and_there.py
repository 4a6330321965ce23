"""Law 2: a native request -> universal -> native equals the first, and is no mere copy."""

from __future__ import annotations

import copy
import json
from typing import Any

from ell2a.calls import Ell2aCall
from ell2a.errors import Ell2aError, UnsupportedCapability
from ell2a.providers.conformance import extras
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.changes import Change, changes
from ell2a.providers.conformance.generated import for_all
from ell2a.providers.conformance.odd_shapes import odd_versions
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.trees import difference


def hold(subject: Subject) -> int:
    """Raises LawBroken; gives the number of cases."""
    provider, cases = subject.instance, 0

    def law(call: Ell2aCall) -> None:
        nonlocal cases
        cases += hold_for(subject, provider.translate_ell2a_to_provider(call))

    for request in subject.requests:
        cases += hold_for(subject, dict(request))
        cases += _reads_odd_shapes(subject, dict(request))
    for_all(subject, law)
    return cases


def hold_for(subject: Subject, native: dict[str, Any], *, most: int | None = None) -> int:
    """The law for one request, with `most` changes of it or all. Raises LawBroken; gives the number of cases."""
    provider = subject.instance
    call = provider.translate_request_to_ell2a(copy.deepcopy(native))
    extras.check_call(subject, 2, call)
    back = subject.canonical(provider.translate_ell2a_to_provider(call))
    found = difference(subject.canonical(native), back)
    if found:
        raise LawBroken(
            2,
            found.path,
            expected=found.expected,
            came=found.came,
            mend="`translate_request_to_ell2a` loses it or `translate_ell2a_to_provider` writes it otherwise; two spellings"
            " that the wire takes as one are listed in `equivalences` with the reason",
            case=native,
        )
    cases = 1
    for cases, change in enumerate(changes(subject, call, most=most), 2):  # noqa: B007  # counted
        _appears(subject, change, back)
    return cases


def _appears(subject: Subject, change: Change, before: dict[str, Any]) -> None:
    try:
        after = subject.canonical(subject.instance.translate_ell2a_to_provider(change.call))
    except UnsupportedCapability:
        # Told to the user, and so not lost.
        return
    text = json.dumps(after, ensure_ascii=False)
    if after == before or (change.mark is not None and change.mark not in text):
        raise LawBroken(
            2,
            change.path,
            expected=Words("a request in which the change of this field appears"),
            came=Words("the request without it" if after != before else "the same request as before"),
            mend="write the request from the universal field alone: a kept copy of the native one must not stand over it;"
            " what the wire has no place for is listed in `untold` with the reason",
            case=before,
        )


def _reads_odd_shapes(subject: Subject, request: dict[str, Any]) -> int:
    cases = 0
    for path, odd in odd_versions(request):
        cases += 1
        try:
            subject.instance.translate_request_to_ell2a(odd)
        except Ell2aError:
            continue
        except Exception as error:
            raise LawBroken(
                2,
                path,
                expected=Words("a call, or an error of ell2a.errors"),
                came=Words(f"{type(error).__name__}: {error}"),
                mend="keep a part of another shape as an opaque block or an api_param, or raise one of ell2a.errors",
                case=odd,
            ) from error
    return cases
