"""Replays: a logged call on another provider, told beforehand part by part, and logged beside the original."""

from ell2a.replay.changes import CHANGES, merge_changes
from ell2a.replay.estimate import EstimatedCost
from ell2a.replay.planning import plan, plan_of
from ell2a.replay.plans import MOST_ROUNDS, Plan
from ell2a.replay.recorded import RecordedResults

__all__ = ["CHANGES", "MOST_ROUNDS", "EstimatedCost", "Plan", "RecordedResults", "merge_changes", "plan", "plan_of"]
