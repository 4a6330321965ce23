"""The kit bites: each fault that was written down before it is caught by the law named for it."""

from __future__ import annotations

import pytest
from conformance.faults import FAULTS, Fault
from conformance.mutants import of_answers, of_declarations, of_requests, of_streams
from conformance.mutants.making import MUTANTS

from ell2a.providers.conformance import LAWS, LawBroken
from ell2a.providers.conformance.checking import held

MODULES = (of_answers, of_declarations, of_requests, of_streams)
"""Imported so that their mutants are there."""


def test_every_fault_has_its_mutant() -> None:
    """The list of faults and the mutants are the same; at least 30, over all seven laws."""
    assert {fault.name for fault in FAULTS} == MUTANTS.keys()
    assert len(FAULTS) >= 30
    assert {fault.law for fault in FAULTS} == {law.number for law in LAWS}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.law}-{fault.name}")
def test_the_law_named_for_it_catches_a_fault(fault: Fault) -> None:
    """A provider with this fault breaks the law, and is told where, what was expected, what came and what to do."""
    law = next(law for law in LAWS if law.number == fault.law)
    with pytest.raises(LawBroken) as caught:
        held(law, MUTANTS[fault.name])
    broken = caught.value
    assert broken.law == fault.law
    assert broken.path
    assert all(word in str(broken) for word in ("expected:", "came:", "to mend:"))
