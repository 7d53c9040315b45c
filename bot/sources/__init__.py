"""Where papers come from: arXiv's identifiers, query API and daily feeds, and its texts made readable."""

from bot.sources.client import DEFAULT_TIMEOUT, ArxivClient
from bot.sources.entry import AnnounceType, Entry
from bot.sources.feed import FeedDay, parse_feed
from bot.sources.http import Validators
from bot.sources.identifiers import ArxivId, NotAnArxivId, find_all, parse
from bot.sources.query import parse_query
from bot.sources.text import first_sentences, gist, readable
from bot.sources.trouble import SourceTrouble

__all__ = [
    "DEFAULT_TIMEOUT",
    "AnnounceType",
    "ArxivClient",
    "ArxivId",
    "Entry",
    "FeedDay",
    "NotAnArxivId",
    "SourceTrouble",
    "Validators",
    "find_all",
    "first_sentences",
    "gist",
    "parse",
    "parse_feed",
    "parse_query",
    "readable",
]
