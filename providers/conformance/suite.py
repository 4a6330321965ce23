"""The test class: subclass it, say which provider and give samples of its answers."""

from __future__ import annotations

from typing import Any

from ell2a.providers.conformance import laws
from ell2a.providers.conformance.checking import held
from ell2a.providers.conformance.subject import Subject


class ProviderConformance(Subject):
    """The seven laws as tests of one provider. No key is needed, and nothing reaches the network.

        class TestMine(ProviderConformance):
            provider = MyProvider
            answers = (AnswerSample("words", {...}, means=Meaning(finish_reason="stop", text="Hello.")),)

    See Subject for what can be filled in. A broken law raises LawBroken, which says where, what was expected, what came and
    what to do.
    """

    # pytest collects whatever is named `Test...`; this class itself has no provider and is not so named.

    def test_law_1_there_and_back(self) -> None:
        """universal -> native request -> universal is the identity on the wire's normal form."""
        self._hold(1)

    def test_law_2_back_and_there(self) -> None:
        """A native request -> universal -> native is the first again, and no mere copy."""
        self._hold(2)

    def test_law_3_answer_as_history(self) -> None:
        """A translated answer in the next request gives back the wire's own blocks, ids and signatures."""
        self._hold(3)

    def test_law_4_stream_equals_whole(self) -> None:
        """Cut at any byte, a stream is the translation of the whole; broken, it is `partial`."""
        self._hold(4)

    def test_law_5_nothing_unaccounted(self) -> None:
        """Every leaf of an answer is in a named field, or declared meaningless."""
        self._hold(5)

    def test_law_6_declared_equals_observed(self) -> None:
        """What is declared moves the payload, and nothing else does."""
        self._hold(6)

    def test_law_7_errors_are_mapped(self) -> None:
        """Every status and error body becomes one of ell2a.errors that keeps what it said."""
        self._hold(7)

    def _hold(self, number: int) -> None:
        law: Any = next(law for law in laws.LAWS if law.number == number)
        held(law, self)
