"""What TeX's commands look like in Unicode. Tables only: a command that is in none of them stays as it is."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


def _table(rows: str) -> dict[str, str]:
    cells = rows.split()
    return dict(zip(cells[::2], cells[1::2], strict=True))


# Letters and signs that stand for themselves.
SIGNS = _table(r"""
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ
    mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ chi χ
    psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    ell ℓ hbar ℏ partial ∂ nabla ∇ infty ∞ aleph ℵ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬
    top ⊤ bot ⊥ angle ∠ degree ° dagger † ddagger ‡ checkmark ✓ prime ′ Re ℜ Im ℑ wp ℘ imath ı jmath ȷ
    sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂
    ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱ dotsc … dotsb ⋯ langle ⟨ rangle ⟩ lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋
    lVert ‖ rVert ‖ Vert ‖ lvert | rvert | vert | lbrace { rbrace } lbrack [ rbrack ] backslash \
    uparrow ↑ downarrow ↓ Uparrow ⇑ Downarrow ⇓ nearrow ↗ searrow ↘ square □ Box □ diamond ⋄ bigcirc ◯
    pounds £ euro € copyright © textcopyright © textregistered ® circledR ® texttrademark ™ S § P ¶
    textmu μ textdegree ° textendash – textemdash — textellipsis … textbullet • textasciitilde ~ textasciicircum ^
    textbackslash \ textunderscore _ textbar | textless < textgreater > textquotesingle ' textquotedbl "
    textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ” lq ‘ rq ’ LaTeX LaTeX TeX TeX
""")

# Signs between two things: they take the spacing that the author gave them on the left.
OPERATORS = _table(r"""
    times × cdot · div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ odot ⊙ setminus ∖
    cap ∩ cup ∪ sqcap ⊓ sqcup ⊔ wedge ∧ land ∧ vee ∨ lor ∨ leq ≤ le ≤ leqslant ⩽ geq ≥ ge ≥ geqslant ⩾ lt < gt >
    ll ≪ gg ≫ neq ≠ ne ≠ equiv ≡ approx ≈ sim ∼ simeq ≃ cong ≅ asymp ≍ propto ∝ lesssim ≲ gtrsim ≳ prec ≺ succ ≻
    preceq ⪯ succeq ⪰ in ∈ notin ∉ ni ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ perp ⊥ parallel ∥ mid |
    to → rightarrow → leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ longrightarrow ⟶
    longleftarrow ⟵ Longrightarrow ⟹ Longleftrightarrow ⟺ implies ⟹ iff ⟺ mapsto ↦ longmapsto ⟼ hookrightarrow ↪
    rightharpoonup ⇀ leadsto ⇝ coloneqq ≔ colon : triangleq ≜ doteq ≐ models ⊨ vdash ⊢ bowtie ⋈ ltimes ⋉ rtimes ⋊
""")

# Names set upright, with a space to the letters around them.
FUNCTIONS = words("""
    log ln exp min max sup inf lim limsup liminf arg argmin argmax sin cos tan tanh sinh cosh cot sec csc arcsin
    arccos arctan det dim deg ker gcd Pr hom mod bmod polylog poly diag sign tr rank
""")

# Commands whose argument is shown without them, since plain text has no fonts.
FONTS = words("""
    text textrm textup textnormal textbf textit textsl textsf texttt textsc textmd emph underline uline ul uwave
    mathrm mathbf mathit mathsf mathtt mathnormal boldsymbol bm pmb mbox hbox fbox operatorname url path nolinkurl
    smash ensuremath mathop mathbin mathrel mathord
""")

# Commands without argument that change the font or the size until the end of the group: nothing to show.
SWITCHES = words("""
    bf it em rm sf tt sc sl cal bfseries itshape ttfamily sffamily rmfamily scshape upshape normalfont tiny small
    footnotesize normalsize large Large displaystyle textstyle scriptstyle boldmath limits nolimits noindent left
    right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm middle xspace protect relax
""")

SPACES = {
    ",": " ",
    ";": " ",
    ":": " ",
    " ": " ",
    ">": " ",
    "!": "",
    "/": "",
    "-": "",
    "quad": " ",
    "qquad": " ",
}
SPACES |= {"space": " ", "thinspace": " ", "newline": " ", "linebreak": " ", "\n": " "}

ESCAPED = frozenset("%&_#{}$")

# Usual abbreviations of the vision conferences' style file.
WORDS = {
    "ie": "i.e.",
    "eg": "e.g.",
    "etal": "et al.",
    "etc": "etc.",
    "vs": "vs.",
    "wrt": "w.r.t.",
    "cf": "cf.",
}

# Combining characters: the ones named by a sign may stand before a bare letter, the others want braces.
ACCENTS = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "H": "\u030b", "u": "\u0306", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip
MATH_ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0304", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "overrightarrow": "\u20d7",
    "check": "\u030c", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a",
}  # fmt: skip
LETTERS = _table(
    "o ø O Ø l ł L Ł ss ß aa å AA Å ae æ AE Æ oe œ OE Œ i ı j ȷ dh ð DH Ð th þ TH Þ dj đ DJ Đ ng ŋ NG Ŋ"
)

_UPPER, _LOWER, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"


def _alphabet(first: int, letters: str, exceptions: str = "") -> dict[str, str]:
    """Unicode's styled letters from code point `first` on; the older ones sit elsewhere."""
    return {letter: chr(first + place) for place, letter in enumerate(letters)} | _table(exceptions)


ALPHABETS = {
    "mathcal": _alphabet(0x1D49C, _UPPER, "B ℬ E ℰ F ℱ H ℋ I ℐ L ℒ M ℳ R ℛ"),
    "mathbb": _alphabet(0x1D538, _UPPER, "C ℂ H ℍ N ℕ P ℙ Q ℚ R ℝ Z ℤ") | _alphabet(0x1D7D8, _DIGITS),
    "mathfrak": _alphabet(0x1D504, _UPPER, "C ℭ H ℌ I ℑ R ℜ Z ℨ") | _alphabet(0x1D51E, _LOWER),
}
ALPHABETS |= {"mathscr": ALPHABETS["mathcal"], "Bbb": ALPHABETS["mathbb"]}
ALPHABETS |= {"mathds": ALPHABETS["mathbb"], "mathbbm": ALPHABETS["mathbb"]}

SUPERSCRIPTS = _table("""
    0 ⁰ 1 ¹ 2 ² 3 ³ 4 ⁴ 5 ⁵ 6 ⁶ 7 ⁷ 8 ⁸ 9 ⁹ + ⁺ - ⁻ − ⁻ = ⁼ ( ⁽ ) ⁾ a ᵃ b ᵇ c ᶜ d ᵈ e ᵉ f ᶠ g ᵍ h ʰ i ⁱ j ʲ k ᵏ
    l ˡ m ᵐ n ⁿ o ᵒ p ᵖ r ʳ s ˢ t ᵗ u ᵘ v ᵛ w ʷ x ˣ y ʸ z ᶻ A ᴬ B ᴮ D ᴰ E ᴱ G ᴳ H ᴴ I ᴵ J ᴶ K ᴷ L ᴸ M ᴹ N ᴺ O ᴼ
    P ᴾ R ᴿ T ᵀ U ᵁ V ⱽ W ᵂ β ᵝ γ ᵞ δ ᵟ θ ᶿ φ ᵠ χ ᵡ ⊤ ᵀ ′ ′ ' ′ * * ∗ * ⋆ ⋆ † † ‡ ‡ ∘ ° ° °
""")
SUBSCRIPTS = _table("""
    0 ₀ 1 ₁ 2 ₂ 3 ₃ 4 ₄ 5 ₅ 6 ₆ 7 ₇ 8 ₈ 9 ₉ + ₊ - ₋ − ₋ = ₌ ( ₍ ) ₎ a ₐ e ₑ h ₕ i ᵢ j ⱼ k ₖ l ₗ m ₘ n ₙ o ₒ p ₚ
    r ᵣ s ₛ t ₜ u ᵤ v ᵥ x ₓ β ᵦ γ ᵧ ρ ᵨ φ ᵩ χ ᵪ
""")
