from __future__ import annotations

import gzip
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import readable
from tests.sources.support import SAMPLES

READABLE = [
    # mathematics in dollars
    (r"$\ell_1$", "ℓ₁"),
    (r"$O(n^2)$", "O(n²)"),
    (r"$\sigma$-zero: $\ell_0$-norm attacks", "σ-zero: ℓ₀-norm attacks"),
    (r"$\mathcal{O}(\epsilon^{-2})$ in $\mathbb{R}^d$", "𝒪(ε⁻²) in ℝᵈ"),
    (r"$\tilde{O}(\frac{\sqrt{n}}{\epsilon^2})$", "Õ(√n/ε²)"),
    (r"$\frac{1}{\sqrt{T}}+\frac{\sqrt{d}}{n\rho}$", "1/√T+√d/(nρ)"),
    (r"$\frac{a+b}{c}$", "(a+b)/c"),
    (r"$x_{ij}$, $x_{i,j}$, $x^{\alpha+1}$, $L_\infty$", "xᵢⱼ, x_(i,j), x^(α+1), L_∞"),
    (r"$f^*$, $x^\top y$, $f'(x)$, $90^\circ$", "f*, xᵀ y, f′(x), 90°"),
    (r"$d\ge 2$ and $n \geq 2$ and $\leq$3B", "d≥2 and n ≥ 2 and ≤3B"),
    (r"$\epsilon \in (0, 1)$, $f: \mathcal{X} \to \mathbb{R}$", "ε ∈ (0, 1), f: 𝒳 → ℝ"),
    (r"$n\log n$, $\log^2 n$, $O(\log(n))$, $\max\{a,b\}$", "n log n, log² n, O(log(n)), max{a,b}"),
    (r"$\arg\min_x f(x)$", "arg minₓ f(x)"),
    (r"$\operatorname{poly}(n)\operatorname{rank} A$", "poly(n) rank A"),
    (r"$\widehat{\pi}_\infty$, $\hat x$, $\bar{x}_i$", "π̂_∞, x̂, x̄ᵢ"),
    (r"$\left(\frac{N}{2}\right)$, $\left.x\right|$", "(N/2), x|"),
    (r"$0.4 \sim 2.5 \, \mu\text{m}$, $\sim 4\%$", "0.4 ∼ 2.5 μm, ∼4%"),
    (r"$1{,}370$ and $\{0,1\}^n$", "1,370 and {0,1}ⁿ"),
    (r"\(\ell_2\) and $$x^2$$", "ℓ₂ and x²"),
    (r"$\unicode{x2014}$", "—"),
    (r"$\tau^* := \sum_{ij} Z_{ij}$", "τ* := ∑ᵢⱼ Zᵢⱼ"),
    (r"$\|x\|_2$, $\mathbb{1}$", "‖x‖₂, 𝟙"),
    (r"$\bf 3\times$, $7\textit{--}45\times$", "3×, 7–45×"),
    # mathematics that is glued to words
    ("RL$^2$, SnO$_2$, 64$\\times$64, A$^\\text{T}$A, D^2NeRF", "RL², SnO₂, 64×64, AᵀA, D²NeRF"),
    (r"FA^{3}-CLIP, T^{1/2}, Y Y^T, 10^-5", "FA³-CLIP, T^(1/2), Y Yᵀ, 10⁻⁵"),
    (r"$\textbf{A}^2\textbf{CiD}^2$: $\texttt{TACO}$", "A²CiD²: TACO"),
    (r"PySCF$_{\text{IPU}}$", "PySCF_IPU"),
    (r"CO\textsubscript{2} and 5\textsuperscript{th}", "CO₂ and 5ᵗʰ"),
    (r"Fixed-\texorpdfstring{$\delta$}{delta} Alignment", "Fixed-δ Alignment"),
    # letters and signs
    (r"Schr\"odinger, Erd\H{o}s, G{\"o}del, Poincar\'e-style", "Schrödinger, Erdős, Gödel, Poincaré-style"),
    (r"\L{}ojasiewicz, Polyak-\L ojasiewicz, {\L}ojasiewicz", "Łojasiewicz, Polyak-Łojasiewicz, Łojasiewicz"),
    (r"Fran\c{c}ois, Fran\c cois, na\"{\i}ve, \AA rhus", "François, François, naïve, Århus"),
    (r"100\% of R\&D, \#1, a\_b, \$5", "100% of R&D, #1, a_b, $5"),
    ("``quoted'' and `so' and the 1990s'", "“quoted” and ‘so’ and the 1990s'"),
    ("Gromov--Wasserstein --- or not -- in 1967--2025", "Gromov–Wasserstein — or not – in 1967–2025"),
    (r"ROS~2, AG~News, $0.47$~eV, Fig.~3, A.~Noether", "ROS 2, AG News, 0.47 eV, Fig. 3, A. Noether"),
    (r"e.g.\ here, vs.\ 18, one \\ two", "e.g. here, vs. 18, one two"),
    # commands of text
    (r"\emph{Grokking} in {\bf B}old and {\em italics}", "Grokking in Bold and italics"),
    (r"\textbf{\textsc{FastCuRL}}: \underline{F}ast", "FastCuRL: Fast"),
    (r"{GSR4B}: Biomass", "GSR4B: Biomass"),
    (r"\url{https://example.org/a_b--c~d}.", "https://example.org/a_b--c~d."),
    (r"\href{https://example.org}{here}", "here (https://example.org)"),
    (r"see\footnote{There.}, \textcolor{red}{red}", "see (There.), red"),
    (r"\ie, \eg~this, Lee \etal. show", "i.e., e.g. this, Lee et al. show"),
]


@pytest.mark.parametrize(("tex", "unicode"), READABLE)
def test_tex_becomes_unicode(tex: str, unicode: str) -> None:
    assert readable(tex) == unicode


@pytest.mark.parametrize(("tex", "unicode"), READABLE)
def test_what_is_readable_stays_as_it_is(tex: str, unicode: str) -> None:
    assert readable(unicode) == unicode


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "R&D",
        "a < b > c & d",
        "prices like $5 and $10 are no formula",
        "from $5-$10 to $1,000 USD, about $20.",
        "a cost of $0.20 via the API, $21B in all",
        "~25% of 2% ~ 5%, x~N(0,1)",
        "snake_case and __init__ and 2_000",
        "sets {0, 1} and Vicuna-{7B,13B}",
        "run it with --flag",
        "^_^ and a caret ^ alone",
        "it's the students' own",
        "{ never closed",
        "never opened }",
        "a lone \\",
        "a lone $",
        "`code`",
        "https://example.org/~user/a_b--c^d",
        "\\method{} beats \\cite{lu2021low} and \\citep[see][p. 3]{a_b}",
        "$\\bfx \\in \\R^n$",
        "$\\begin{pmatrix} a & b \\end{pmatrix}$",
        "\\(\\binom{n}{k}\\)",
        "$\\unicode{x202e}$ and $\\unicode{xd800}$",
        "We call it \\big, and it is.",
        "日本語 и русский 🐈",
    ],
)
def test_what_cannot_be_said_in_unicode_is_left_alone(text: str) -> None:
    assert readable(text) == text


def test_comparisons_are_not_swallowed() -> None:
    text = "For $d<n$ and $k > 2$ we show $f(x)<g(x)$ if $b>a$"
    assert readable(text) == "For d<n and k > 2 we show f(x)<g(x) if b>a"


def test_an_odd_dollar_does_not_turn_text_into_formulas() -> None:
    assert readable("costs $3 (or $R^2$ up to $0.78) and $x_1$") == "costs $3 (or R² up to $0.78) and x₁"


_WORD = st.text("CFQSXYZ", min_size=3, max_size=6)  # letters that have no small form
_FRAGMENT = st.builds(
    lambda form, word: form.replace("W", word),
    st.sampled_from(
        [
            "W", " W ", "$W$", "$W", "{W}", "{W", "W}", r"\emph{W}", r"\unknown{W}", r"\unknown W", r"\textbf{$W$}",
            r"$\text{W}$", r"$\mathrm{W", r"$x^{W}$", "x^{W}", "_W", "$x_W$", r"$\frac{W}{2}$", r"\frac{2}{W}",
            r"\href{https://example.org}{W}", r"\cite{W}", r"\(W\)", r"\(W", "``W''", "`W'", "W--W", "W~W", r"\\W",
            r"$\sqrt{W}$", r"$\log W$", r"\url{W}", r"\footnote{W}", r"$\left(W\right)$", "$5 W $6", r"{\bf W}",
            r"\$W", r"$W \leq W$", "$$W$$", r"\W", r"\"W", "W^W", r"\textcolor{red}{W}", "\n\nW", "$W\n\nW$",
        ]
    ),
    _WORD,
)  # fmt: skip


@given(st.lists(_FRAGMENT, max_size=8).map("".join))
def test_no_word_is_ever_lost(source: str) -> None:
    shown = readable(source)
    for word in re.findall("[CFQSXYZ]{3,}", source):
        assert word in shown or word[1:] in shown  # an accent may sit on the first letter


@given(st.text(st.sampled_from("\\${}^_~`'\"-aAx1 .[]()&%\n") | st.characters(), max_size=120))
def test_no_text_is_too_wild(source: str) -> None:
    assert isinstance(readable(source), str)


@given(st.text(st.characters(exclude_characters="\\$^~`{}-'"), max_size=200))
def test_plain_text_comes_back_unchanged(text: str) -> None:
    assert readable(text) == text


def test_deep_nesting_ends() -> None:
    for source in ("{" * 5000, "{" * 3000 + "}" * 3000, "$" + "{" * 190 + "}" * 190 + "$", r"$\hat" * 3000):
        assert len(readable(source)) <= len(source)


def test_nearly_all_of_a_real_corpus_becomes_readable() -> None:
    path = SAMPLES / "train.jsonl.gz"
    if not path.exists():
        pytest.skip(f"real abstracts are not beside this checkout ({path} is absent)")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["abstract"] or "" for line in lines]
    before = sum(len(re.findall(r"\\[A-Za-z]+", text)) for text in texts)
    after = sum(len(re.findall(r"\\[A-Za-z]+", readable(text))) for text in texts)
    assert before > 3000
    assert after < before * 0.08  # citations, cut-off formulas, and macros of the papers' own
