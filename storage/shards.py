"""A very large bot runs as several processes, each with some of Discord's shards, and so with some of the servers.

Each sees the rows of its own servers only, whatever it asks for: the condition is added here, to every statement, and
nowhere else. Which server is of which shard is Discord's rule: (guild_id >> 22) % shard_count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, literal_column, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from storage.tables import Row


@dataclass(frozen=True)
class Shards:
    """The shards of a process, of how many."""

    mine: tuple[int, ...] = (0,)
    count: int = 1

    @property
    def all_here(self) -> bool:
        """Whether one process serves every server."""
        return len(self.mine) == self.count


EVERY_SERVER = Shards()


def session_class(shards: Shards) -> type[Session]:
    """Sessions that see the rows of these shards' servers, and of none."""
    if shards.all_here:
        return Session

    class Confined(Session):
        pass

    conditions = [
        with_loader_criteria(
            kind, (kind.guild_id.op(">>")(literal_column("22")).op("%")(shards.count)).in_(shards.mine)
        )
        for kind in (mapper.class_ for mapper in Row.registry.mappers)
        if hasattr(kind, "guild_id")
    ]

    @event.listens_for(Confined, "do_orm_execute")
    def confine(state: ORMExecuteState) -> None:
        if not state.is_insert:
            state.statement = state.statement.options(*conditions)

    return Confined


async def one_process_at_a_time(tx: AsyncSession, what: str) -> None:
    """Until the end of the transaction no other process is past this line: for what all servers share."""
    if tx.get_bind().dialect.name == "postgresql":
        await tx.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(current_schema() || :what))"), {"what": what}
        )


#: How a row is claimed for timed work: one that another process has in its hands is passed over.
CLAIM: dict[str, Any] = {"skip_locked": True}
