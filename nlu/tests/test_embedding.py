import numpy as np

from components.embedding import DIMENSIONS, embed


def test_each_text_gets_a_vector_of_norm_one() -> None:
    vectors = embed(["bonjour", "", "😀"])
    assert vectors.shape == (3, DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_text_has_the_same_vector_alone_and_in_company() -> None:
    assert np.array_equal(embed(["j'ai un rendez-vous"])[0], embed(["salut", "j'ai un rendez-vous"])[1])


def test_many_texts_have_the_vectors_that_they_have_one_by_one() -> None:
    texts = [f"atelier numéro {number}" for number in range(150)]
    together = embed(texts)
    for at in (0, 63, 64, 149):
        assert np.array_equal(together[at], embed([texts[at]])[0])


def test_spellings_of_one_sentence_have_one_vector() -> None:
    first, second = embed(["J'ai rdv dem", "jai rendez-vous demain"])
    assert np.array_equal(first, second)


def test_close_meanings_are_closer_than_strangers() -> None:
    ill, sick, cheap = embed(["mon fils est malade", "mon enfant a de la fièvre", "le bus est moins cher"])
    assert ill @ sick > ill @ cheap


def test_no_text_gives_no_row() -> None:
    assert embed([]).shape == (0, DIMENSIONS)
