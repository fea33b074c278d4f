"""Ground truth as it comes: our own CSV files, and the layouts of LFW, WIDER FACE and FDDB."""

from pathlib import Path

import pytest

from appliance.domain.errors import Mistake
from appliance.vision.evaluation.truth import Pair, Portrait, TrueFace, pairs, portraits, scenes


def put(folder: Path, name: str, *lines: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def test_faces_are_read_and_photos_without_faces_are_not_forgotten(tmp_path: Path) -> None:
    put(tmp_path, "faces.csv", "path,x,y,w,h,source", 'a.jpg,1,2,30,40,"by hand, twice"', "a.jpg,5,5,10,10,x")
    put(tmp_path, "images.csv", "path,width,height,faces", "a.jpg,100,100,2", "empty.jpg,100,100,0")
    found = {scene.path.name: scene.faces for scene in scenes(tmp_path)}
    assert found == {"a.jpg": (TrueFace((1, 2, 31, 42)), TrueFace((5, 5, 15, 15))), "empty.jpg": ()}


def test_pairs_and_identities_are_read(tmp_path: Path) -> None:
    put(tmp_path, "pairs.csv", "path_a,path_b,same,fold", "a.jpg,b.jpg,1,2", "a.jpg,c.jpg,0,2")
    put(tmp_path, "identities.csv", "path,person", "a.jpg,anna")
    assert pairs(tmp_path) == [
        Pair(tmp_path / "a.jpg", tmp_path / "b.jpg", same=True, fold="2"),
        Pair(tmp_path / "a.jpg", tmp_path / "c.jpg", same=False, fold="2"),
    ]
    assert portraits(tmp_path) == [Portrait(tmp_path / "a.jpg", "anna")]


def test_lfw_is_read_by_its_folds(tmp_path: Path) -> None:
    put(
        tmp_path,
        "pairs.txt",
        "2\t1",
        "Anna_A\t1\t3",
        "Anna_A\t2\tBea_B\t1",
        "Bea_B\t1\t2",
        "Carl\t1\tBea_B\t10",
    )
    for name in ("Anna_A/Anna_A_0001.jpg", "Bea_B/Bea_B_0010.jpg"):
        put(tmp_path, f"lfw/{name}", "")
    root = tmp_path / "lfw"
    assert pairs(tmp_path) == [
        Pair(root / "Anna_A/Anna_A_0001.jpg", root / "Anna_A/Anna_A_0003.jpg", same=True, fold="1"),
        Pair(root / "Anna_A/Anna_A_0002.jpg", root / "Bea_B/Bea_B_0001.jpg", same=False, fold="1"),
        Pair(root / "Bea_B/Bea_B_0001.jpg", root / "Bea_B/Bea_B_0002.jpg", same=True, fold="2"),
        Pair(root / "Carl/Carl_0001.jpg", root / "Bea_B/Bea_B_0010.jpg", same=False, fold="2"),
    ]
    assert {(p.path.name, p.person) for p in portraits(tmp_path)} == {
        ("Anna_A_0001.jpg", "Anna_A"),
        ("Bea_B_0010.jpg", "Bea_B"),
    }


def test_wider_face_is_read_with_what_it_says_of_each_face(tmp_path: Path) -> None:
    put(
        tmp_path,
        "wider_face_split/wider_face_val_bbx_gt.txt",
        "0--Parade/one.jpg",
        "2",
        "10 20 30 40 0 0 0 0 0 0 ",
        "5 5 8 9 2 0 0 1 2 1 ",
        "0--Parade/nobody.jpg",
        "0",
        "0 0 0 0 0 0 0 0 0 0 ",
    )
    (tmp_path / "WIDER_val" / "images").mkdir(parents=True)
    one, nobody = scenes(tmp_path)
    assert one.path == tmp_path / "WIDER_val/images/0--Parade/one.jpg"
    assert one.faces == (
        TrueFace((10, 20, 40, 60), ("clear", "not covered", "usual pose")),
        TrueFace((5, 5, 13, 14), ("very blurred", "mostly covered", "unusual pose"), counts=False),
    )
    assert nobody.faces == ()


def test_an_ellipse_of_fddb_becomes_its_bounds(tmp_path: Path) -> None:
    put(
        tmp_path,
        "FDDB-folds/FDDB-fold-01-ellipseList.txt",
        "2002/img_1",
        "2",
        "40 20 0 100 100  1",
        "40 20 1.5707963 100 100  1",
    )
    (scene,) = scenes(tmp_path)
    assert scene.path == tmp_path / "2002/img_1.jpg"
    assert scene.faces[0].bounds == pytest.approx((60, 80, 140, 120))
    assert scene.faces[1].bounds == pytest.approx((80, 60, 120, 140), abs=1e-3)


def test_without_files_there_is_nothing(tmp_path: Path) -> None:
    assert scenes(tmp_path) == pairs(tmp_path) == portraits(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("faces.csv", ["path,x,y,w", "a.jpg,1,2,3"]),
        ("faces.csv", ["path,x,y,w,h", "a.jpg,1,2,3,wide"]),
        ("pairs.csv", ["path_a,path_b,same", "a.jpg,b.jpg,perhaps"]),
        ("identities.csv", ["file,person", "a.jpg,anna"]),
        ("pairs.txt", ["10\t300", "Anna\t1\t2"]),
        ("wider_face_val_bbx_gt.txt", ["a.jpg", "2", "1 2 3 4 0 0 0 0 0 0"]),
        ("FDDB-fold-01-ellipseList.txt", ["a", "1", "1 2 3"]),
    ],
)
def test_a_file_in_another_format_is_told_by_its_name(tmp_path: Path, name: str, lines: list[str]) -> None:
    put(tmp_path, name, *lines)
    with pytest.raises(Mistake) as refused:
        _ = scenes(tmp_path), pairs(tmp_path), portraits(tmp_path)
    assert refused.value.key == "eval:format"
    assert name in refused.value.message
