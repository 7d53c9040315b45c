"""A Discord bot that runs a reading group."""

#: The one place that says it; the wheel reads it from here.
__version__ = "0.1.0"
