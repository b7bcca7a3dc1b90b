from __future__ import annotations

import pytest

from core.anchors.tree import grown, inclusion_proof, is_included, leaf_hash, root_of

LEAVES = [
    leaf_hash(bytes.fromhex(content))
    for content in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Those of Certificate Transparency's own tests, of 0 to 8 of these leaves."""


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_a_root_is_that_of_the_published_vectors_however_the_tree_grew(size: int) -> None:
    assert root_of(grown((), 0, LEAVES[:size])).hex() == ROOTS[size]
    for cut in range(size):
        assert root_of(grown(grown((), 0, LEAVES[:cut]), cut, LEAVES[cut:size])).hex() == ROOTS[size]


def test_an_edge_has_one_hash_for_each_bit_of_the_size() -> None:
    for size in range(200):
        assert len(grown((), 0, [LEAVES[0]] * size)) == size.bit_count()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 21])
def test_a_proof_holds_for_its_leaf_at_its_place_alone(size: int) -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    root = root_of(grown((), 0, leaves))
    for index, leaf in enumerate(leaves):
        proof = inclusion_proof(leaves, index)
        assert is_included(leaf, index, size, proof, root)
        assert not is_included(leaf_hash(b"other"), index, size, proof, root)
        assert not is_included(leaf, index, size, [*proof, leaf], root)
        assert not is_included(leaf, size, size, proof, root)
        assert not is_included(leaf, -1, size, proof, root)
        if proof:
            assert not is_included(leaf, index, size, proof[:-1], root)
            assert not is_included(leaf, (index + 1) % size, size, proof, root)
