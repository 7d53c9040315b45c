"""The stage of the stories, for those who mean no good."""

from tests.stage.conftest import brisk, overrides, stage

__all__ = ["brisk", "overrides", "stage"]
