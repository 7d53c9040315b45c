"""Points discord.py at an address: Discord's own, or the rehearsal server's.

discord.py has no setting for it; two class attributes hold the addresses, and a test asserts that both are honoured.
"""

from __future__ import annotations

import discord.gateway
import discord.http
import yarl


def use(*, api_url: str, gateway_url: str) -> None:
    """Use these addresses from now on. To be called before the client is made."""
    discord.http.Route.BASE = api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
