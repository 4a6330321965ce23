"""Law 1: universal -> native request -> universal is the identity on the wire's normal form."""

from __future__ import annotations

import copy

from ell2a.calls import Ell2aCall
from ell2a.providers.conformance.broken import LawBroken, Words
from ell2a.providers.conformance.generated import for_all
from ell2a.providers.conformance.subject import Subject
from ell2a.providers.conformance.trees import difference


def hold(subject: Subject) -> int:
    """Raises LawBroken; gives the number of cases."""
    _lists_have_reasons(subject)
    provider = subject.instance

    def law(call: Ell2aCall) -> None:
        native = provider.translate_ell2a_to_provider(call)
        back = provider.translate_request_to_ell2a(copy.deepcopy(native))
        expected, came = subject.normal(call), subject.normal(back)
        found = difference(expected, came)
        if found:
            raise LawBroken(
                1,
                found.path,
                expected=found.expected,
                came=found.came,
                mend="`translate_ell2a_to_provider` loses or changes it, or `translate_request_to_ell2a` does not read it back;"
                " where the wire truly cannot tell the two apart, list that in `untold` or `normal_form` with the reason",
                case=native,
            )
        again = subject.normal_json(copy.deepcopy(expected))
        unstable = difference(expected, again)
        if unstable:
            raise LawBroken(
                1,
                unstable.path,
                expected=unstable.expected,
                came=unstable.came,
                mend="the normal form of a normal form must be itself: mend the rewriting in `normal_form`",
            )

    return for_all(subject, law, max_examples=2 * subject.examples)


def _lists_have_reasons(subject: Subject) -> None:
    lists = {
        "normal_form": {rewriting.name: rewriting.reason for rewriting in subject.normal_form},
        "equivalences": {entry.name: entry.reason for entry in subject.equivalences},
        "untold": subject.untold,
        "native_keys": subject.instance.native_keys,
        "opaque_kinds": subject.opaque_kinds,
        "meaningless": subject.meaningless,
        "other_fields": subject.other_fields,
        "not_sent_back": subject.not_sent_back,
        "beyond_types": subject.beyond_types,
    }
    for name, entries in lists.items():
        for entry, reason in entries.items():
            if not reason:
                raise LawBroken(
                    1, f"{name}.{entry}", expected=Words("a reason"), came=reason, mend="say why in one sentence"
                )
