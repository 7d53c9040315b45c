"""What is known already, for whoever brings talks of the past: which of a server's talks one of a file is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.cards.sessions import session_title, talk_title
from bot.publish.record import DAY, Speaker
from storage.search import bare
from storage.sessions import SessionView
from storage.tables import Session, Talk


@dataclass
class Entry:
    """A talk and its session, stored or about to be. `speakers` are those that are to be added.

    `further` are the ids of what was read in it beside its own paper.
    """

    session: Session
    talk: Talk
    called: str  # its title as it is compared
    has_people: bool = False
    speakers: tuple[Speaker, ...] = ()
    further: Sequence[str] = ()

    def widen(self, read: Sequence[str]) -> bool:
        """Have a talk on the first of these papers be on the others, too, unless it is known to be on several."""
        if len(read) > 1 and not self.further and self.talk.paper_id == read[0]:
            self.further = read[1:]
            return True
        return False


@dataclass
class Known:
    """The talks of a server by year."""

    years: dict[str, list[Entry]] = field(default_factory=dict)

    @classmethod
    def of(cls, views: Iterable[SessionView]) -> Known:
        """What is stored; what was called off is not there."""
        known = cls()
        for view in views:
            for talk in view.talks if view.session.state != "cancelled" else ():
                called = bare(talk_title(talk) or session_title(view))
                empty = not talk_title(talk) and not view.session.title
                further = [paper.paper_id for paper in talk.further]
                people = bool(talk.presenters)
                known.add(Entry(view.session, talk.talk, "" if empty else called, people, further=further))
        return known

    def add(self, entry: Entry) -> None:
        self.years.setdefault(entry.session.wall_time[:4], []).append(entry)

    def find(self, wall: str, title: str, paper_id: str | None) -> Entry | None:
        """The talk of that time, as far as both times are known, that has this title or this paper.

        A meeting of that very minute of which nobody wrote down what it was about is it, too.
        """
        called = bare(title)
        near = [e for e in self.years.get(wall[:4], ()) if _may_be_one(e.session.wall_time, wall)]
        for entry in near:
            same_paper = paper_id is not None and entry.talk.paper_id == paper_id
            if same_paper or (called and called == entry.called):
                return entry
        untold = [e for e in near if not e.called and not e.talk.paper_id and e.session.wall_time == wall]
        return untold[0] if untold else None

    def meeting(self, wall: str, zone: str) -> list[Entry]:
        """The talks of the meeting at that very time, or of that day where only days are known."""
        return [
            entry
            for entry in self.years.get(wall[:4], ())
            if len(wall) >= DAY
            and entry.session.wall_time == wall
            and (len(wall) == DAY or entry.session.zone == zone)
        ]


def _may_be_one(one: str, other: str) -> bool:
    """Whether two wall times may be of one day."""
    one, other = one[:DAY], other[:DAY]
    return one.startswith(other) or other.startswith(one)
