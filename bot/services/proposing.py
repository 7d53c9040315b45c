"""Everything around proposals, put together from what the house has."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.services.balance import Balance
from bot.services.ballots import Ballots
from bot.services.doubts import Doubts
from bot.services.forward import Forward
from bot.services.outbox import Outbox
from bot.services.papers import Papers, Routers
from bot.services.proposals import Proposals
from bot.services.settings import SettingsService
from bot.services.shelf import Shelf
from bot.services.upkeep import Upkeep
from bot.services.watching import Watching
from bot.services.wishes import Wishes
from bot.services.works import Works
from storage.database import Database


@dataclass(frozen=True)
class Proposing:
    """What people and timers ask for."""

    proposals: Proposals
    wishes: Wishes
    works: Works
    shelf: Shelf
    upkeep: Upkeep
    watching: Watching
    balance: Balance


def proposing(
    database: Database,
    clock: Clock,
    settings: SettingsService,
    outbox: Outbox,
    papers: Papers,
    routers: Routers,
    ballots: Ballots,
    doubts: Doubts,
) -> Proposing:
    """Build the services of proposals."""
    shelf = Shelf(database, clock, settings, papers)
    forward = Forward(database, clock, settings, outbox, routers, ballots, shelf)
    works = Works(database, clock, settings, papers, forward, doubts)
    wishes = Wishes(database, clock, outbox, papers, forward, works)
    return Proposing(
        proposals=Proposals(database, settings, papers, wishes, works, shelf),
        wishes=wishes,
        works=works,
        shelf=shelf,
        upkeep=Upkeep(database, clock, settings, outbox, ballots),
        watching=Watching(database, clock, settings, outbox, papers, ballots),
        balance=Balance(database, clock, settings, outbox, routers),
    )
