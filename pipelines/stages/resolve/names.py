"""Canonical forms of organisations and products: which printed names mean the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pipelines.contracts.ids import make_id
from pipelines.lexicons.loader import word_set
from pipelines.lexicons.reference import HsTerm, ReferenceData

T = TypeVar("T")
LONGEST_TERM = 6  # words of the longest product term that is looked up
_WORD = re.compile(r"[a-z0-9]+")
_EDITION = re.compile(r"\b(?:ke[- ]?(?:\d+|[ivxlc]+)|(?:tahun )?(?:19|20)\d\d|\d+(?:st|nd|rd|th))\b")
_LEVEL_WORDS = frozenset({"kabupaten", "kota", "provinsi", "kab", "prov"})


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """One printed organisation name, read.

    Attributes:
        printed: As printed.
        kind: `firm | cooperative | group | office | other`.
        legal_form: PT, CV, ... or None.
        words: Words that tell it from others, lower case, in order, without the legal form.
    """

    printed: str
    kind: str
    legal_form: str | None
    words: tuple[str, ...]

    @property
    def organisation_id(self) -> str:
        """The id before aliases are joined: of the words only, so that CV X and PT X meet."""
        return make_id("organisation", "office" if self.kind == "office" else "actor", " ".join(self.words))

    @property
    def joined(self) -> str:
        """The words as one: `Sri Kandi` and `Srikandi` meet here."""
        return "".join(self.words)

    @property
    def initials(self) -> str:
        """First letters of the words: `PT NKM` is `PT Nusa Kelapa Makmur`."""
        return "".join(word[0] for word in self.words)


@dataclass(frozen=True, slots=True)
class ProductName:
    """One printed product, read.

    Attributes:
        printed: As printed.
        canonical: Without words that only qualify; all words where nothing else is left.
        words: Words that tell it from others; none for `produk unggulan`.
        group: Group of goods, where a lexicon term says so.
        hs_term: Term that gives the HS chapter.
    """

    printed: str
    canonical: str
    words: tuple[str, ...]
    group: str | None
    hs_term: HsTerm | None

    @property
    def product_id(self) -> str:
        """Hash of the canonical name."""
        return make_id("product", self.canonical)


def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words; a hyphen or point inside a word separates (`Disperindag.` is `disperindag`)."""
    return tuple(_WORD.findall(text.lower()))


def split_names(printed: str | None) -> list[str]:
    """Names of one slot, which the guide joins by "; "."""
    return [name.strip() for name in (printed or "").split(";") if name.strip()]


def read_organisation(printed: str, *, region_name: str | None, reference: ReferenceData) -> OrganisationName:
    """Read one name.

    An office is told apart by its region: where its name holds none, the claim's region is added.
    """
    kind, legal_form = "other", None
    core: list[str] = []
    for word in words_of(printed):
        word_kind, canonical = reference.organisation_words.get(word, (None, word))
        if word_kind in ("legal_form", "legal_form_suffix"):
            if word_kind == "legal_form":
                legal_form, kind = canonical, "firm"
            continue
        if word_kind is not None and kind == "other":
            kind = word_kind
            legal_form = canonical if word_kind == "cooperative" else legal_form
        core.extend(words_of(canonical))
    words = tuple(dict.fromkeys(core)) or words_of(printed)
    if kind == "office":
        words = _scoped_office(words, region_name)
    return OrganisationName(printed=printed, kind=kind, legal_form=legal_form, words=words)


def _scoped_office(words: tuple[str, ...], region_name: str | None) -> tuple[str, ...]:
    bare = tuple(word for word in words if word not in _LEVEL_WORDS and word != "dan")
    if "kementerian" in bare or region_name is None:
        return bare
    region_words = words_of(region_name)
    if any(word in bare for word in region_words if word not in _LEVEL_WORDS):
        return bare
    return bare + tuple(word for word in region_words if word not in _LEVEL_WORDS)


def read_product(printed: str, *, reference: ReferenceData) -> ProductName:
    """Read one product; its canonical name drops qualifying words (`gula semut organik` is `gula semut`)."""
    all_words = words_of(printed)
    words = tuple(dict.fromkeys(w for w in all_words if w not in reference.product_modifiers))
    canonical = " ".join(words or all_words) or printed.strip().lower()
    group = _earliest_or_none(all_words, reference.product_groups)
    return ProductName(printed, canonical, words, group, _earliest_or_none(all_words, reference.hs_terms))


def read_fair(printed: str, *, reference: ReferenceData) -> str:
    """Full name of a fair in lower case, without year and edition: `TEI 2023`, `Trade Expo Indonesia ke-38`."""
    name = printed.strip().lower()
    bare = " ".join(word for word in words_of(_EDITION.sub(" ", name)))
    for form in (name, bare):
        if (full := reference.fairs.get(form)) is not None:
            return " ".join(words_of(full))
    return bare or name


def _earliest_or_none(words: tuple[str, ...], terms: Mapping[str, T]) -> T | None:
    # Indonesian puts the head first: the earliest term decides, the longest one where several start there.
    for start in range(len(words)):
        for end in range(min(len(words), start + LONGEST_TERM), start, -1):
            found = terms.get(" ".join(words[start:end]))
            if found is not None:
                return found
        if words[start] in word_set("all_but"):
            return None
    return None
