"""The tuned model: what is added lands where it should, and nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest

from components.e5_file import MODEL, changed_image, read_layout, vectors_of
from components.embedding import TunedE5
from tools.e5_tokens import Tokens

NAME = "l0.q.b"


@pytest.fixture(scope="module")
def image() -> bytes:
    return MODEL.read_bytes()


def test_a_change_is_added_to_its_vector_and_to_nothing_else(image: bytes) -> None:
    changed = bytes(changed_image({NAME: np.full(384, 0.5, dtype=np.float32)}))
    before, after = vectors_of(image), vectors_of(changed)
    assert np.allclose(after.pop(NAME), before.pop(NAME) + 0.5)
    assert all(np.array_equal(after[name], before[name]) for name in before)
    _, tensors = read_layout(image)
    start, end = tensors[NAME].offset, tensors[NAME].offset + tensors[NAME].size
    assert (changed[:start], changed[end:]) == (image[:start], image[end:])


def test_the_file_of_the_package_stays_as_it_is(image: bytes) -> None:
    changed_image({NAME: np.ones(384, dtype=np.float32)})
    assert MODEL.read_bytes() == image


@pytest.mark.parametrize(("name", "size"), [(NAME, 12), ("l0.q.w", 384)])
def test_a_change_that_does_not_fit_is_refused(name: str, size: int) -> None:
    with pytest.raises(ValueError, match=r"no vector of"):
        changed_image({name: np.ones(size, dtype=np.float32)})


def test_any_other_file_is_refused() -> None:
    with pytest.raises(ValueError, match="no model file"):
        read_layout(b"x" * 200)


@pytest.mark.parametrize(
    "text",
    ["je dors dehors ce soir", "", "Ça va ?  J’ai 3 CV 😀", "l'huissier vient jeudi", "مرحبا كيف حالك"],
)
def test_tuning_counts_as_many_pieces_as_the_engine(text: str) -> None:
    assert len(Tokens().of(text)) == TunedE5().token_count(text, is_query=True)
