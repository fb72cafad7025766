"""The words of a sentence as the learned models see them: in small letters, and what is named as its kind.

"Kabupaten Alor mengirim 3 ton vanili ke Jepang" is `<region> mengirim <quantity> vanili ke <country>`: what is learned on the
news of one region holds for that of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.stages.extract.article.document import SentenceView

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def word_features(views: Sequence[SentenceView], view: SentenceView) -> set[str]:
    """The words of a sentence, its pairs of words, and the words of the sentences beside it ("beside:ekspor")."""
    own = words_of(view)
    beside = chain(
        words_of(views[view.index - 1]) if view.index else (),
        words_of(views[view.index + 1]) if view.index + 1 < len(views) else (),
    )
    return {
        *own,
        *(f"{first} {second}" for first, second in pairwise(own)),
        *(f"beside:{word}" for word in beside),
    }


def words_of(view: SentenceView) -> list[str]:
    """The words of a sentence in order; what is named in it stands as its kind ("<country>", "<quantity>", "<name>")."""
    return [word for word, _ in placed_words(view)]


def placed_words(view: SentenceView) -> list[tuple[str, int]]:
    """The words of a sentence with the offsets where they begin."""
    if view.words is None:
        view.words = list(_words(view))
    return view.words


def _words(view: SentenceView) -> Iterator[tuple[str, int]]:
    named = sorted(
        chain(
            ((m.start, m.end, "<country>") for m in view.countries),
            ((m.start, m.end, "<region>") for m in view.regions),
            ((m.start, m.end, "<firm>") for m in view.firms),
            ((m.start, m.end, "<agency>") for m in view.agencies),
            ((m.start, m.end, "<time>") for m in view.times),
            ((m.start, m.end, f"<{m.kind}>") for m in view.figures),
        )
    )
    at = view.start
    for start, end, kind in named:
        if start >= at:
            yield from _plain(view, at, start)
            yield kind, start
            at = end
    yield from _plain(view, at, view.end)


def _plain(view: SentenceView, start: int, end: int) -> Iterator[tuple[str, int]]:
    text = view.text
    for match in _WORD.finditer(text, start - view.start, end - view.start):
        word = match[0]
        is_name = (
            word[0].isupper()
            and word[1:2].islower()
            and text[match.start() - 2 : match.start()][:1].islower()
        )
        yield ("<name>" if is_name else word.lower()), view.start + match.start()
