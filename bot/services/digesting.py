"""Everything that makes digests, put together from what the house has."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.services.arxiv_days import ArxivDays
from bot.services.digest_choice import DigestChoice
from bot.services.digest_posts import DigestPosts
from bot.services.digest_presses import DigestPresses
from bot.services.digest_settings import DigestSettings
from bot.services.digests import Digests
from bot.services.follows import Follows
from bot.services.outbox import Outbox
from bot.services.papers import Papers, Routers
from bot.services.proposals import Proposals
from bot.services.settings import SettingsService
from bot.services.tastes import Tastes
from bot.services.taxonomies import Taxonomies
from bot.sources import ArxivClient
from storage.database import Database


@dataclass(frozen=True)
class Digesting:
    """What people and timers ask for."""

    digests: Digests
    follows: Follows
    presses: DigestPresses
    settings: DigestSettings
    taxonomies: Taxonomies


def digesting(
    database: Database,
    clock: Clock,
    settings: SettingsService,
    outbox: Outbox,
    arxiv: ArxivClient,
    papers: Papers,
    routers: Routers,
    proposals: Proposals,
) -> Digesting:
    """Build the services of digests."""
    tastes = Tastes(database, clock, routers)
    choice, posts = DigestChoice(database, clock, tastes), DigestPosts(clock, settings, outbox)
    follows = Follows(database, clock, settings, outbox)
    days = ArxivDays(database, clock, arxiv)
    return Digesting(
        digests=Digests(database, clock, settings, outbox, days, choice, posts, follows),
        follows=follows,
        presses=DigestPresses(database, clock, settings, posts, proposals),
        settings=DigestSettings(database, clock, settings),
        taxonomies=Taxonomies(database, clock, settings, papers, tastes),
    )
