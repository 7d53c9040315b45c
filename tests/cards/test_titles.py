"""Nasty titles, as arXiv has them and as somebody might send them, wherever the bot shows a title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.cards import Card
from bot.cards.base import flat
from bot.cards.choosing import Chance, pick
from bot.cards.digest_papers import paper as digest_paper
from bot.cards.digests import Heading, Line, digest
from bot.cards.native import event, thread
from bot.cards.papers import title_of
from bot.cards.sessions import announcement
from bot.cards.shelf import Known, several
from bot.cards.shelf import paper as paper_card
from bot.chat.draw import drawn
from bot.publish.bibtex import bibtex
from bot.services.shelf import label
from tests.cards.samples import GROUP, NOW, TOPIC, ballot, paper, proposal, view
from tests.cards.samples import Tally as Standing
from tests.cards.test_harmless import assert_fits, shown, without_escapes

#: As it is sent, and what people read.
TITLES = [
    (r"$\ell_1$-Norm Minimization Is $\mathcal{O}(n^2)$", "ℓ₁-Norm Minimization Is 𝒪(n²)"),
    (r"\textit{In-context} {L}earning by {B}ayes and Schr\"odinger", "In-context Learning by Bayes and Schrödinger"),
    (r"The \L{}ojasiewicz Inequality of Erd\H{o}s--R\'enyi Graphs", "The Łojasiewicz Inequality of Erdős–Rényi Graphs"),
    (r"\textbf{\textsc{F{\"a}st\textsuperscript{2}}}: Nested {\em Commands}", "Fäst²: Nested Commands"),
    (r"100\% of R\&D in \$5: Cost_of_Training {up} to 3.5$\times$", "100% of R&D in $5: Cost_of_Training up to 3.5×"),
    ("From $5-$10 to $1,000: What LLMs Cost", "From $5-$10 to $1,000: What LLMs Cost"),
    (r"Unknown \mymacro{Words} and \cite{lu2021low}", r"Unknown \mymacro{Words} and \cite{lu2021low}"),
    (r"An unbalanced {brace and $a formula", r"An unbalanced {brace and $a formula"),
    ("No more }braces} here", "No more }braces} here"),
    (r"$\begin{pmatrix} a & b \end{pmatrix}$ Matrices", r"$\begin{pmatrix} a & b \end{pmatrix}$ Matrices"),
    ("@everyone Should Read <@1>, <@&2> and <#3>", "@everyone Should Read <@1>, <@&2> and <#3>"),
    ("[Attention](https://evil.example) Is **All** ~~Need~~", "[Attention](https://evil.example) Is **All** ~~Need~~"),
    ("`sudo`, ```code```, ||spoilers|| and a_b_c*d*", "`sudo`, ```code```, ||spoilers|| and a_b_c*d*"),
    ("# Heading\n> Quote\n- List\n1. One", "# Heading > Quote - List 1. One"),
    ("Right\u202eto\u202c left, zero\u200bwidth, soft\u00adhyphen, bell\x07, null\x00",
     "Rightto left, zerowidth, softhyphen, bell, null"),
    ("Tabs\tand\r\nlines\u2028and\u2029more", "Tabs and lines and more"),
    ("“Quoted”: ‘it’ — is … fine·", "“Quoted”: ‘it’ — is … fine·"),
    ("التعلم العميق and 深度学习 and 🦆", "التعلم العميق and 深度学习 and 🦆"),
    ("e\u0301cole and Zalgo h\u0335i", "e\u0301cole and Zalgo h\u0335i"),
    ("https://evil.example/a_b and <https://evil.example>", "https://evil.example/a_b and <https://evil.example>"),
    ("-", "-"),
    ("\\", "\\"),
    ("Long " + "and longer " * 99, "Long " + "and longer " * 98 + "and longer"),
    ("x" * 1000, "x" * 1000),
    ("\u200b", "Untitled"),
    ("", "Untitled"),
]  # fmt: skip


def surfaces(title: str) -> Iterator[tuple[str, Card]]:
    """Every card that shows a title."""
    found, made = paper(title=title), proposal()
    made.state = "open"
    line = Line(1, found, ("E",))
    entry = str(bibtex(key=found.paper_id, title=found.title, authors=found.authors, published=None))
    chance = Chance(made, found, (NOW,))
    yield "ballot", ballot(found, made, [TOPIC], Standing(1), group=GROUP, ping=False)
    yield "digest", digest(Heading(NOW.date(), NOW.date()), [line], left=3, needed=2)
    yield "digest line", digest_paper(line, needed=2)
    yield "/paper", paper_card(Known(found, made), entry, mine=True, organises=False)
    yield "announcement", announcement(view(with_paper=found))
    yield "/pick", pick([chance], [chance], None, without_votes=0, deadline=None)
    yield "several", several([(found.paper_id, label(found))])


@pytest.mark.parametrize(("title", "read"), TITLES, ids=range(len(TITLES)))
def test_a_title_is_read_as_it_was_meant(title: str, read: str) -> None:
    assert title_of(paper(title=title)) == read


@pytest.mark.parametrize("title", [title for title, _ in TITLES], ids=range(len(TITLES)))
def test_no_title_breaks_pings_or_forms_markup_anywhere(title: str) -> None:
    read = title_of(paper(title=title))
    for where, card in surfaces(title):
        assert_fits(card)
        embed = drawn(card, reference="abcdefghij")["embed"].to_dict()
        told = "\n".join(
            [
                embed.get("title", ""),
                embed.get("description", ""),
                *(f["value"] for f in embed.get("fields", [])),
            ]
        )
        bare = without_escapes(re.sub(r"```bibtex.*?```", "", told, flags=re.DOTALL))
        assert not re.search(r"\]\(https?://evil|(?<!\\)<[@#]&?[123]>|\*\*All|~~Need|\|\|sp|`sudo", bare), (
            where,
            bare,
        )
        options = [option for select in card.selects for option in select.options]
        assert all(1 <= len(option.label) <= 100 and len(option.value) <= 100 for option in options), where
        whole = shown(told) + "".join(option.label for option in options)
        beginning = read[:40].rpartition(" ")[0] or read[:40]
        assert flat(beginning.replace("[", "(").replace("]", ")")) in flat(
            whole.replace("[", "(").replace("]", ")")
        ), where


@pytest.mark.parametrize("title", [title for title, _ in TITLES], ids=range(len(TITLES)))
def test_names_of_threads_events_choices_and_options_fit(title: str) -> None:
    meeting = view(with_paper=paper(title=title))
    names = (thread(meeting).name, event(meeting, "announcements").fitted().name, label(paper(title=title)))
    read = title_of(paper(title=title))
    for name in names:
        assert 1 <= len(name) <= 100
        assert name.startswith(read[:40].rpartition(" ")[0] or read[:40])
        assert "\n" not in name


@pytest.mark.parametrize("title", [title for title, _ in TITLES], ids=range(len(TITLES)))
def test_bibtex_keeps_what_its_authors_wrote_and_its_braces_in_pairs(title: str) -> None:
    made = bibtex(key="1803.03635", title=title, authors=["A. B"], published=datetime(2026, 6, 1, tzinfo=UTC))
    entry = str(made)
    assert entry.count("{") == entry.count("}")
    assert entry.startswith("@misc{b2026")
    assert entry.count("\n}") == 1
