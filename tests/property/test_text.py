"""What holds for every text: spans, order, values read alone, and numbers printed and read back."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.dates import Anchor, resolve
from pipelines.text.figures import find_figures
from pipelines.text.gazetteer import find_hits, lower
from pipelines.text.numerals import find_word_numbers, parse_decimal, vote_style
from pipelines.text.organisations import find_agencies, find_firms
from pipelines.text.places import find_regions
from pipelines.text.sentences import split_sentences
from pipelines.text.times import find_times
from tests.golden.scoring import score_module
from tests.property.texts import published, texts


def in_order(spans: list[tuple[int, int]], text: str) -> bool:
    """True where spans are inside the text, not empty, in order and without overlaps."""
    ends = [0, *(end for _, end in spans)]
    return all(before <= start < end <= len(text) for before, (start, end) in zip(ends, spans, strict=False))


def print_id(value: Decimal) -> str:
    """A number as Indonesian news prints it: 1.250,5."""
    whole, _, fraction = f"{value:f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{fraction}" if fraction else grouped


@given(
    st.decimals(min_value=0, max_value=10**15, places=2, allow_nan=False)
    | st.integers(0, 10**15).map(Decimal)
)
def test_a_printed_number_reads_back(value: Decimal) -> None:
    assert parse_decimal(print_id(value)) == value


@given(st.integers(1, 10**13), st.sampled_from(["ton", "pasang", "kg", "kontainer"]))
def test_a_grouped_whole_number_before_a_unit_is_read_exactly(value: int, unit: str) -> None:
    figures = find_figures(f"Sebanyak {print_id(Decimal(value))} {unit} dikirim.")
    assert [figure.value for figure in figures] == [Decimal(value)]


@given(texts)
def test_lower_case_keeps_every_offset(text: str) -> None:
    assert len(lower(text)) == len(text)


@given(texts)
def test_sentences_cover_all_lines_that_speak_in_order_and_stay_within_their_line(text: str) -> None:
    sentences = split_sentences(text)
    assert in_order([(s.start, s.end) for s in sentences], text)
    # Words may touch where a sentence ends without a blank: compared without any white space.
    speaking = "".join(line for line in text.split("\n") if any(re.findall(r"[^\W_]", line)))
    covered = "".join(text[s.start : s.end] for s in sentences)
    assert "".join(covered.split()) == "".join(speaking.split())
    assert not any("\n" in text[s.start : s.end] for s in sentences)
    assert [s.index for s in sentences] == list(range(len(sentences)))


@pytest.mark.parametrize(
    "find",
    [find_figures, find_times, find_word_numbers, find_firms, find_agencies],
    ids=lambda find: find.__name__,
)
@given(text=texts)
def test_mentions_stand_in_order_without_overlaps(find: object, text: str) -> None:
    assert in_order([(m.start, m.end) for m in find(text)], text)  # type: ignore[operator]


@given(texts)
def test_names_stand_in_order_and_regions_lie_in_the_text(text: str) -> None:
    names, cues = find_hits(text)
    assert in_order([(hit.start, hit.end) for hit in names], text)
    assert all(0 <= cue.start < cue.end <= len(text) for cue in cues)
    assert all(0 <= region.start < region.end <= len(text) for region in find_regions(text, names))


@given(texts)
def test_a_figure_read_alone_has_the_value_it_has_in_its_text(text: str) -> None:
    style = vote_style(text)
    for figure in find_figures(text):
        if figure.value is not None:
            alone = [one.value for one in find_figures(text[figure.start : figure.end], style=style)]
            if "scale_lent" in figure.flags:
                # "naik dari 325,2 juta menjadi 392,9": the scale is printed elsewhere.
                alone += [
                    value * 10**power for value in alone if value is not None for power in (3, 6, 9, 12)
                ]
            assert figure.value in alone


@given(texts, published)
def test_every_resolved_date_is_edtf_that_the_scorer_reads(text: str, day: str | None) -> None:
    anchor = Anchor.from_edtf(day)
    for expression in find_times(text):
        resolved = resolve(expression, anchor)
        assert resolved is None or score_module().interval(resolved.edtf) is not None, resolved
