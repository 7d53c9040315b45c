"""`/privacy`: what the bot knows of a person, as a list and as a file; leaving them out; forgetting them."""

from __future__ import annotations

import json
import logging

from bot.cards import Card
from bot.cards import privacy as cards
from bot.cards.base import jump
from bot.clock import Clock
from bot.log import event
from bot.services.archive import Archive
from bot.services.ballots import Ballots
from bot.services.people import Actor, Refused
from bot.services.presenters import Presenters
from bot.services.sessions import number
from bot.services.settings import SettingsService
from bot.services.votes import Votes, rules_of
from storage import people, persons, presenters, sessions
from storage.database import Database, Tx
from storage.tables import Proposal, Speaker

log = logging.getLogger(__name__)


class Privacy:
    """What a person may ask about themselves. It holds on all servers: it is one person."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: SettingsService,
        ballots: Ballots,
        ledger: Votes,
        finding: Presenters,
        archive: Archive,
    ) -> None:
        self._database, self._clock, self._settings = database, clock, settings
        self._ballots, self._ledger, self._presenters = ballots, ledger, finding
        self._archive = archive

    async def show(self, actor: Actor) -> Card:
        """How much is known, and what can be done about it."""
        async with self._database.reading() as tx:
            found = await persons.known(tx, actor.user_id)
            settings = await self._settings.of(tx, actor.guild_id)
            person = await people.find(tx, actor.guild_id, actor.user_id)
        rows = [
            (len(found[column]), named.one, named.many)
            for column, named in persons.NAMED.items()
            if column in found
        ]
        if messages := found.get("outbox.place"):
            rows.append((len(messages), "direct message to you", "direct messages to you"))
        return cards.known(
            rows, unlisted=bool(person and person.unlisted), days=settings.privacy.answers_days
        )

    async def export(self, actor: Actor, _: str) -> Card:
        """Every row that names them, as a file."""
        async with self._database.reading() as tx:
            found = await persons.known(tx, actor.user_id)
        whole = {"discord_id": str(actor.user_id), "as_of": self._clock.now().isoformat(), "rows": found}
        return cards.exported(
            "what-i-know-of-you.json", json.dumps(whole, ensure_ascii=False, indent=1).encode()
        )

    async def list(self, actor: Actor, wanted: str) -> Card:
        """Leave them out of what is published of this group ("no"), or not any more ("yes")."""
        unlisted = wanted != "yes"
        async with self._database.transaction() as tx:
            (await people.get(tx, actor.guild_id, actor.user_id)).unlisted = unlisted
            await self._archive.put_again(tx, await sessions.presented_by(tx, user_id=actor.user_id))
        event(log, "privacy.unlisted" if unlisted else "privacy.listed", guild=actor.guild_id)
        return cards.listed(unlisted=unlisted)

    async def forget(self, actor: Actor, sure: str) -> Card:
        """Ask first; then forget them."""
        if sure != "yes":
            async with self._database.reading() as tx:
                voted = await persons.ballots_with_vote_of(tx, actor.user_id)
            ballots = [
                jump(row.guild_id, row.ballot_channel_id, row.ballot_message_id)
                for row in voted
                if row.ballot_channel_id and row.ballot_message_id
            ]
            return cards.really(ballots)
        await self._give_back(actor)
        await self._ledger.settle()
        async with self._database.transaction() as tx:
            proposed = await persons.open_proposals_of(tx, actor.user_id)
            for guild_id in await persons.servers_with_votes(tx, actor.user_id):
                await persons.discount(
                    tx, guild_id, actor.user_id, rules_of(await self._settings.of(tx, guild_id))
                )
            spoke = await sessions.presented_by(tx, user_id=actor.user_id)
            await persons.forget(tx, user_id=actor.user_id, now=self._clock.now())
            await self._archive.put_again(tx, spoke)
            for proposal_id in proposed:
                await self._ballots.change(tx, await tx.get_one(Proposal, proposal_id))
        event(log, "privacy.forgotten", ballots=len(proposed))
        return cards.forgotten()

    async def _give_back(self, actor: Actor) -> None:
        """The talks to come, so that the search for a presenter is open again and the announcements say so."""
        async with self._database.reading() as tx:
            coming = await persons.talks_to_come(tx, actor.user_id, self._clock.now())
        for guild_id, session_id, talk_id in coming:
            there = Actor(guild_id, actor.user_id)
            try:
                await self._presenters.step_back(there, f"{session_id}:{talk_id}")
            except Refused:
                event(log, "privacy.not_given_back", logging.WARNING, session=session_id)

    # speakers from outside, who ask the organisers

    async def speaker(self, actor: Actor, name: str) -> Card:
        """What is known of a speaker from outside. Raises Refused for members, and for a name that nobody has."""
        async with self._database.reading() as tx:
            speaker = await self._speaker(
                tx, actor, await presenters.speaker(tx, actor.guild_id, name.strip())
            )
            return cards.speaker(speaker, await persons.talks_of_speaker(tx, speaker.speaker_id))

    async def list_speaker(self, actor: Actor, what: str) -> Card:
        """Leave a speaker out of what is published, or not any more; `what` is "<number>:no", from outside."""
        speaker_id, _, wanted = what.partition(":")
        async with self._database.transaction() as tx:
            speaker = await self._speaker(tx, actor, await tx.get(Speaker, number(speaker_id)))
            speaker.unlisted = wanted != "yes"
            await self._archive.put_again(tx, await sessions.presented_by(tx, speaker_id=speaker.speaker_id))
        return cards.speaker_listed(speaker)

    async def forget_speaker(self, actor: Actor, speaker_id: str) -> Card:
        """Forget a speaker; the number is from outside."""
        async with self._database.transaction() as tx:
            speaker = await self._speaker(tx, actor, await tx.get(Speaker, number(speaker_id)))
            spoke = await sessions.presented_by(tx, speaker_id=speaker.speaker_id)
            await persons.forget_speaker(tx, speaker)
            await self._archive.put_again(tx, spoke)
        event(log, "privacy.speaker_forgotten", guild=actor.guild_id, by=actor.user_id)
        return cards.speaker_forgotten()

    async def _speaker(self, tx: Tx, actor: Actor, found: Speaker | None) -> Speaker:
        actor.must_organise(await self._settings.of(tx, actor.guild_id), "see what is known of speakers")
        if found is None or found.guild_id != actor.guild_id:
            raise Refused("There is no speaker of that name. Names are as they were announced.")
        return found
