"""What is no dispatch, whatever else its sentence tells: goods that stay, potentials, capacities, costs, contracts."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.markets import goes_inland
from pipelines.stages.extract.shipments.figures import HELD_BEFORE
from pipelines.stages.extract.shipments.told import Told

_EXAMPLE = Pattern("shipments.sentences.example")
_CAME_TO_NOTHING = Pattern("shipments.refusals.came_to_nothing")
_LONG_CONTRACT = Pattern("shipments.refusals.long_contract")
_HABIT_OR_YIELD = Pattern("shipments.refusals.habit_or_yield")
_ONE_HOLDS = Pattern("shipments.refusals.one_holds")
_NOT_GONE = Pattern("shipments.refusals.not_gone")
_LETTER = Pattern("shipments.refusals.letter")
_POTENTIAL = Pattern("shipments.refusals.potential")
_POSSIBLE = Pattern("shipments.refusals.possible")
_AGO = Pattern("shipments.refusals.ago")
_CAPACITY = Pattern("shipments.refusals.capacity")
_CONTRACT_SUM = Pattern("shipments.refusals.contract_sum")
_AT_HOME = Pattern("shipments.refusals.at_home")
_COST = Pattern("shipments.refusals.cost")


def _is_foiled(told: Told) -> bool:
    """Goods that were seized or never left; the next sentence may say so: "Namun batal karena ..."."""
    view = told.view
    if view.has("smuggling") or (view.has("cancel") and not HELD_BEFORE.search(view.text)):
        return True
    if _NOT_GONE.search(view.text):
        return True
    following = told.document.sentences[view.index + 1 : view.index + 2]
    return any(_CAME_TO_NOTHING.match(other.text) for other in following)


def _stays_here(told: Told) -> bool:
    inland = goes_inland(told.document, told.view) or _AT_HOME.match(told.view.text) is not None
    return not told.view.countries and inland


def _is_made_up(told: Told) -> bool:
    """An example, unless it has happened: "Akhir bulan lalu, misalnya, PT X mengirim ..."."""
    happened = told.has_time("day", "weekday", "month") or _AGO.search(told.view.text) is not None
    return _EXAMPLE.search(told.view.text) is not None and not happened


def _is_habit_or_yield(told: Told) -> bool:
    """What a dispatch fetches, a container holds or raw goods yield: "untuk sekali kirim 20 kg", "satu kontainer muat 16 ton"."""
    if _ONE_HOLDS.match(told.view.text) and not told.sends:
        return True
    return _HABIT_OR_YIELD.search(told.view.text) is not None and not told.has_time("day", "month")


def _is_of_long_contract(told: Told) -> bool:
    return _LONG_CONTRACT.search(told.view.text) is not None


def _is_of_letter(told: Told) -> bool:
    """Sums that letters of intent are about: "penandatanganan LoI senilai USD 23 ribu"."""
    return told.kinds == {"money"} and _LETTER.search(told.view.text) is not None


def _is_potential(told: Told) -> bool:
    """What waters, fields or works could give: "Sedangkan potensi tuna di perairan Biak 800 ribu ton"."""
    return _POTENTIAL.match(told.view.text) is not None


def _is_possible(told: Told) -> bool:
    """What may leave some day, or month by month: "tidak menutup kemungkinan per bulan akan diekspor 25.500 ton"."""
    return told.goods and not told.has_time("day", "weekday") and _POSSIBLE.search(told.view.text) is not None


def _is_capacity(told: Told) -> bool:
    """What somebody is able to send in a time: "Dalam setahun koperasi ini bisa melepas 20 kontainer"."""
    return told.goods and not told.has_time("day", "weekday") and _CAPACITY.search(told.view.text) is not None


def _is_cost(told: Told) -> bool:
    """What sending costs: "Biaya gudang pendingin mencapai Rp1,2 juta semalam untuk satu peti kemas udang"."""
    return any(f.kind == "money" for f in told.view.figures) and _COST.match(told.view.text) is not None


def _is_sum_of_contract(told: Told) -> bool:
    """What is agreed on altogether, told behind the lot that leaves: "Adapun kontraknya mencapai 2.500 ton"."""
    return told.goods and _CONTRACT_SUM.match(told.view.text) is not None


_Test = Callable[[Told], bool]
NEVER: tuple[_Test, ...] = (
    _is_foiled,
    _stays_here,
    _is_made_up,
    _is_of_long_contract,
    _is_of_letter,
)
# What nothing else may take for exports either.
NO_EXPORT: tuple[_Test, ...] = (
    _is_habit_or_yield,
    _is_potential,
    _is_possible,
    _is_capacity,
    _is_cost,
    _is_sum_of_contract,
)
