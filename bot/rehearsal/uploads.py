"""Files that come with messages and commands."""

from __future__ import annotations

import re

from bot.rehearsal.errors import JSON, Refusal
from bot.rehearsal.world import World

Files = list[tuple[str, str, bytes]]  # name, content type, bytes
_FILE_BYTES = 10 * 1024 * 1024


def attach(world: World, body: JSON, files: Files) -> list[JSON]:
    """Keep uploaded files and describe them as attachments."""
    told = {str(entry.get("id")): entry for entry in body.get("attachments") or []}
    result = []
    for index, (name, content_type, content) in enumerate(files):
        if len(content) > _FILE_BYTES:
            raise Refusal.TOO_LARGE.error()
        number = world.snowflake()
        filename = re.sub(r"[^\w.\-]", "_", str(told.get(str(index), {}).get("filename") or name))
        world.files[number, filename] = content
        url = f"{world.files_url}/{number}/{filename}"
        entry: JSON = {
            "id": str(number),
            "filename": filename,
            "size": len(content),
            "url": url,
            "proxy_url": url,
        }
        entry["content_type"] = content_type
        if told.get(str(index), {}).get("description"):
            entry["description"] = told[str(index)]["description"]
        result.append(entry)
    return result
