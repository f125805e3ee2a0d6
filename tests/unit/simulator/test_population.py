from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from patchgui.simulator.dice import Dice
from patchgui.simulator.population import Population

MANY = Population(100_000, seed=7)


@given(index=st.integers(0, len(MANY) - 1))
def test_an_id_leads_back_to_its_node(index: int) -> None:
    assert MANY.get(MANY.id_of(index)) == index
    assert MANY.node(index).instance_id == MANY.id_of(index)


@given(text=st.text() | st.from_regex(r"m?i-[0-9a-f]{17}", fullmatch=True))
def test_any_other_text_is_no_node(text: str) -> None:
    index = MANY.get(text)
    assert index is None or MANY.id_of(index) == text


def test_the_same_seed_makes_the_same_fleet_and_another_one_another() -> None:
    again, other = Population(100_000, seed=7), Population(100_000, seed=8)
    assert [again.node(n) for n in range(50)] == [MANY.node(n) for n in range(50)]
    assert again.id_of(3) != other.id_of(3)


def test_a_fleet_has_every_kind_of_node() -> None:
    nodes = [MANY.node(index) for index in range(5000)]
    platforms = Counter(node.platform_type.value for node in nodes)
    assert platforms["Linux"] > platforms["Windows"] > platforms["MacOS"] > 0
    assert 0.1 < sum(node.is_hybrid for node in nodes) / len(nodes) < 0.15
    assert {node.instance_id for node in nodes if node.is_hybrid} < {node.instance_id for node in nodes}
    assert any(node.agent_version.startswith("2.") for node in nodes)


@given(parts=st.lists(st.integers(-(2**70), 2**70), min_size=1, max_size=4))
def test_chances_repeat_and_stay_in_their_range(parts: list[int]) -> None:
    first, again = Dice(*parts), Dice(*parts)
    shares = [first.share() for _ in range(5)]
    assert shares == [again.share() for _ in range(5)]
    assert all(0 <= share < 1 for share in shares)
    assert 3 <= Dice(*parts).count(3, 5) <= 5
