"""Who reads: niaga, a spaCy pipeline with the same lexicons, and the least that any reading can cost.

Each engine imports its library itself, so that the memory of a process is that of its engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from benchmarks.extract.corpora import Text
from pipelines.lexicons.loader import (
    country_names,
    cue_words,
    fair_names,
    product_terms,
    region_aliases,
    regions,
)

# Reads texts and says how much it found, so that nothing is left out as unused.
Engine = Callable[[Sequence[Text]], int]


def lexicon() -> dict[str, str]:
    """Every name and cue word that niaga's automaton holds, with its kind."""
    entries = {cue.rstrip("*"): "CUE" for cue, _ in cue_words()}
    entries |= dict.fromkeys(product_terms(), "PRODUCT")
    entries |= dict.fromkeys(fair_names(), "FAIR")
    entries |= {region.base_name: "REGION" for region in regions().values()}
    entries |= {alias.alias: "REGION" for alias in region_aliases()}
    entries |= {country.alias: "COUNTRY" for country in country_names()}
    return {name: kind for name, kind in entries.items() if name}


def niaga() -> Engine:
    """The whole reading: mentions, rules, slots, evidence, confidence."""
    from pipelines.stages.extract import extract_claims  # noqa: PLC0415

    def read(texts: Sequence[Text]) -> int:
        return sum(
            len(extract_claims(text.text, published=text.published, title=text.title, outlet=text.outlet))
            for text in texts
        )

    return read


def spacy_blank() -> Engine:
    """spaCy for Indonesian without a model: tokenizer, sentencizer, entity_ruler with the same lexicon."""
    import spacy  # noqa: PLC0415

    pipeline = spacy.blank("id")
    pipeline.add_pipe("sentencizer")
    # Names and cue words in whatever case, as niaga finds them.
    ruler = pipeline.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns([{"label": kind, "pattern": name} for name, kind in lexicon().items()])

    def read(texts: Sequence[Text]) -> int:
        return sum(len(document.ents) for document in pipeline.pipe(text.text for text in texts))

    return read


def least() -> Engine:
    """One pass of an automaton over all names and one of a pattern for numbers; no meaning at all."""
    import ahocorasick  # noqa: PLC0415

    automaton = ahocorasick.Automaton()
    for name in lexicon():
        automaton.add_word(name.lower(), name)
    automaton.make_automaton()
    number = re.compile(r"\d+(?:[.,]\d+)*")

    def read(texts: Sequence[Text]) -> int:
        names = sum(1 for text in texts for _ in automaton.iter(text.text.lower()))
        return names + sum(1 for text in texts for _ in number.finditer(text.text))

    return read


ENGINES: dict[str, Callable[[], Engine]] = {"niaga": niaga, "spacy": spacy_blank, "least": least}
