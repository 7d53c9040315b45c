"""Who asks for something, and what is answered when they may not have it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.config import ServerSettings


class Refused(Exception):
    """A request that cannot be met; the message is the sentence the person is shown, as Discord markup."""


@dataclass(frozen=True)
class Actor:
    """A member who asks for something on a server, as Discord described them with the request.

    `roles` holds the ids and the names of their roles; `manages` is the permission Manage Server.
    """

    guild_id: int
    user_id: int
    roles: frozenset[str] = frozenset()
    manages: bool = False

    def organises(self, settings: ServerSettings) -> bool:
        """Whether they are an organiser: the role of that name or id, or Manage Server."""
        wanted = settings.group.organiser_role.casefold()
        return self.manages or any(role.casefold() == wanted for role in self.roles)

    def must_organise(self, settings: ServerSettings, what: str) -> None:
        """Raises Refused when they are no organiser."""
        if not self.organises(settings):
            raise Refused(
                f"Only organisers can {what}: members with the role **{settings.group.organiser_role}**, "
                "and those who manage the server."
            )
