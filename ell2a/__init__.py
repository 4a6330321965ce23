"""ell2a: one strict contract for every language-model provider, and a log of every call."""
