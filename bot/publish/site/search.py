"""What the script of the site searches: a row a talk. A file of JavaScript, for browsers read no JSON from a folder."""

from __future__ import annotations

import json
import re

from bot.publish.markup import fit, folded
from bot.publish.record import Talk
from bot.publish.site.parts import abstract_of, short
from bot.publish.site.shelf import Shelf

#: Words that are found beside those of titles and names: no shorter ones.
_WORD = re.compile(r"[^\W_]{3,}")


def search(shelf: Shelf) -> bytes:
    """Rows of number, title, date, speakers, topics, and the other words that a talk is found by; the latest first."""
    rows = [
        [
            talk.number,
            talk.title,
            short(session.when),
            ", ".join(person.name for person in talk.speakers),
            ", ".join(topic.name for topic in talk.topics),
            _words(talk, session.when.date_words),
        ]
        for session, talk in shelf.held
    ]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return fit(f"const TALKS = [\n{lines}\n];\n").encode()


def _words(talk: Talk, date: str) -> str:
    """The words of date, abstract, papers and affiliations, each once, as the script compares them."""
    texts = [date, abstract_of(talk), *(person.affiliation for person in talk.speakers)]
    texts += [text for paper in talk.papers for text in (paper.title, *paper.authors, paper.arxiv)]
    return " ".join(dict.fromkeys(_WORD.findall(" ".join(map(folded, texts)))))
