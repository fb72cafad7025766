"""docs/questions.md says what its queries give."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.support.build_marts import dbt, write_tables
from tests.support.gold_claims import development_tables
from tests.support.questions import Question, answer, questions


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("development")
    write_tables(development_tables(), folder)
    dbt(folder, "run")
    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as connection:
        yield connection


def test_there_are_fifteen_questions() -> None:
    assert [question.title.split(".")[0] for question in questions()] == [str(n) for n in range(1, 16)]


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.title.split(".")[0])
def test_question_gives_what_the_page_shows(question: Question, marts: duckdb.DuckDBPyConnection) -> None:
    assert answer(marts, question.sql) == question.output
