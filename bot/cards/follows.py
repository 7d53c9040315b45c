"""What a member follows, and the papers that came of it, as cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.cards.base import Button, Card, action, clip, count, flat, link, member, names, plain
from bot.cards.papers import abs_url, title_of
from bot.sources.text import gist, readable
from storage.tables import Follow, Paper

_HOW = (
    "Follow one of the group's topics, `author: Ada Lovelace`, or words such as `spiking networks`, "
    "with `/digest follow`. New papers come by direct message, with the group's digest."
)


def _said(row: Follow, topics: Mapping[str, str]) -> str:
    what = plain(topics.get(row.what, row.what), 100)
    return {"topic": f"the topic **{what}**", "author": f"papers by **{what}**"}.get(row.kind, f"“{what}”")


def following(rows: Sequence[Follow], topics: Mapping[str, str], *, new: bool) -> Card:
    """What somebody follows, each with a button that ends it."""
    if not rows:
        return Card(title="You follow nothing here", text=_HOW)
    lines = [f"**{number}.** {_said(row, topics)}" for number, row in enumerate(rows, 1)]
    return Card(
        title="Noted. You follow" if new else "You follow",
        text="\n".join(lines) + f"\n\n-# {_HOW}",
        tone="good" if new else "plain",
        buttons=tuple(
            Button(f"Stop {number}", action=action("unfollow", row.follow_id))
            for number, row in enumerate(rows, 1)
        ),
    )


def followed(
    told: Sequence[tuple[Paper, Follow]], topics: Mapping[str, str], *, group: str, left: int
) -> Card:
    """New papers for somebody who asked for them."""
    entries = []
    for number, (paper, row) in enumerate(told, 1):
        title = link(clip(title_of(paper), 120), abs_url(paper.paper_id))
        said = plain(gist(readable(paper.abstract), paper.title), 140)
        about = f"-# {plain(names(paper.authors, 3), 80)} · you follow {_said(row, topics)}"
        entries.append("\n".join(part for part in (f"**{number}.** {title}", about, said) if part))
    rest = f"{left} more are on arXiv. " if left else ""
    return Card(
        title=f"{count(len(told), 'new paper')} that you follow",
        text="\n".join(entries),
        footer=f"{rest}You asked for this in {flat(group)}: /digest follow there ends it.",
        tone="digest",
    )


def dm_closed(user_id: int) -> Card:
    """Said once where somebody asked, when their direct messages are closed."""
    return Card(
        text=f"{member(user_id)}, I cannot write to you: your direct messages are closed to this server. I stopped "
        "what you follow. Open them in the server's privacy settings and say `/digest follow` again.",
        tone="warn",
        pings=(user_id,),
    )
