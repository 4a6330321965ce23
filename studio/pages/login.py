"""The form that asks for the studio's token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class LoginPage:
    """The form that asks for the token; it shows nothing of the store."""

    template: ClassVar[str] = "login.html"
    section: ClassVar[str | None] = None

    wrong: bool

    @property
    def title(self) -> str:
        return "Log in"
