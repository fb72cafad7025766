"""Repair of text, and the look that spares it."""

from __future__ import annotations

from itertools import product

from ftfy.badness import is_bad

from pipelines.stages.collect.decode import normalise


def test_text_that_was_decoded_wrongly_is_repaired() -> None:
    printed = "Petani “Gayo” – ekspor naik 5 °C, kata José"
    assert normalise(printed.encode().decode("cp1252", "replace")) != printed  # what is lost stays lost
    assert normalise(printed.encode().decode("latin-1")) == printed


def test_typography_that_is_not_looked_at_is_never_a_sign_of_a_wrong_decoding() -> None:
    passed_over = "\u00a0–—‘’“”…"
    for drawn in product(passed_over + " aZ1.", repeat=4):
        assert not is_bad("".join(drawn))


def test_every_hyphen_is_the_one_on_the_keyboard_and_dashes_stay() -> None:
    assert normalise("Januari\u2011Mei, non\u2010migas, \u22123,2 persen \u2013 \u2014") == (
        "Januari-Mei, non-migas, -3,2 persen \u2013 \u2014"
    )
