"""A model server on loopback for tests and demonstrations: real HTTP, real wires, answers by rule."""

from ell2a.sandbox.models import MODELS, Model
from ell2a.sandbox.sandbox import URL_VARIABLE, Sandbox, start
from ell2a.sandbox.server import Asked

__all__ = ["MODELS", "URL_VARIABLE", "Asked", "Model", "Sandbox", "start"]
