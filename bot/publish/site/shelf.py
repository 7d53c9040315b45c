"""The record as the site shows it: what comes, what was, by year, topic and speaker; and where each page is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.publish.markup import Html, folded, slug
from bot.publish.record import Record, Session, Speaker, Talk, Topic

Key = TypeVar("Key", int, str)
#: A talk and the session it belongs to.
Given = tuple[Session, Talk]
OTHERS = "Others"


@dataclass(slots=True)
class Person:
    """Somebody who gives talks, with the affiliation told last, and their talks, the latest first."""

    name: str
    affiliation: str = ""
    talks: list[Given] = field(default_factory=list)

    @property
    def last_name(self) -> str:
        return folded((self.name.split() or [""])[-1])

    @property
    def letter(self) -> str:
        """Under what they are found."""
        return self.last_name[0].upper() if "a" <= self.last_name[:1] <= "z" else OTHERS


class Shelf:
    """A record in the order of its pages. `base` is the site's own address with a slash at its end, or nothing."""

    def __init__(self, record: Record, base: str = "") -> None:
        self.record, self.base = record, base
        self.held = list(record.held())
        last = self.held[0][0].when.start if self.held else None
        #: Planned sessions, and those called off since the last that was held.
        self.coming: list[Session] = [
            s
            for s in record.sessions
            if s.state == "planned" or (s.state == "cancelled" and (last is None or s.when.start > last))
        ]
        #: Every talk that was held or will be, the latest first: what topics and speakers show.
        self.listed = [
            (s, talk) for s in reversed(record.sessions) if s.state != "cancelled" for talk in s.talks
        ]
        self.years = _grouped(self.held, lambda session, _: [session.when.year])
        self.topics = self._topics()
        self.people = _people(self.listed)
        #: Which topics and speakers the site knows: only those can be linked to.
        self.topic_keys = frozenset(topic.key.casefold() for topic, _ in self.topics)
        self.names = frozenset(person.name.casefold() for person in self.people)
        #: What many pages share is made once.
        self.kept: dict[tuple[str, ...], Html] = {}
        self._places = {talk.number: place for place, (_, talk) in enumerate(self.held)}

    def areas(self) -> dict[str, list[tuple[Topic, list[Given]]]]:
        """The topics by the words for their area."""
        areas: dict[str, list[tuple[Topic, list[Given]]]] = {}
        for topic, talks in self.topics:
            areas.setdefault(topic.area or OTHERS, []).append((topic, talks))
        return areas

    def _topics(self) -> list[tuple[Topic, list[Given]]]:
        """The group's topics in its order, then others that talks have, with their talks."""
        talks = _grouped(self.listed, lambda _, talk: {topic.key.casefold() for topic in talk.topics})
        every = [*self.record.topics, *(topic for _, talk in self.listed for topic in talk.topics)]
        known = {topic.key.casefold(): topic for topic in reversed(every)}
        order = dict.fromkeys(topic.key.casefold() for topic in every)
        return [(known[key], talks.get(key, [])) for key in order]

    def around(self, talk: Talk) -> tuple[Given | None, Given | None]:
        """The talks held before and after one."""
        place = self._places.get(talk.number)
        if place is None:
            return None, None
        earlier = self.held[place + 1] if place + 1 < len(self.held) else None
        return earlier, self.held[place - 1] if place else None


def talk_page(talk: Talk) -> str:
    return f"talks/{talk.number}.html"


def year_page(year: int) -> str:
    return f"archive/{year}.html"


def topic_page(topic: Topic) -> str:
    return f"topics/{slug(topic.key)}.html"


def speaker_place(speaker: Speaker | Person) -> str:
    return f"speakers.html#{slug(speaker.name)}"


def _grouped(talks: list[Given], keys: Callable[[Session, Talk], Iterable[Key]]) -> dict[Key, list[Given]]:
    groups: dict[Key, list[Given]] = {}
    for one in talks:
        for key in keys(*one):
            groups.setdefault(key, []).append(one)
    return groups


def _people(talks: list[Given]) -> list[Person]:
    """Everybody with a name, in the order of their last names."""
    found: dict[str, Person] = {}
    for one in talks:
        for speaker in one[1].speakers:
            if speaker.named:
                person = found.setdefault(speaker.name.casefold(), Person(speaker.name))
                person.affiliation = person.affiliation or speaker.affiliation
                person.talks.append(one)
    return sorted(
        found.values(), key=lambda one: (one.letter == OTHERS, one.last_name, folded(one.name), one.name)
    )
