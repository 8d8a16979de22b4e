"""The public sets are read in the formats that they are published in; anything else is named."""

import json
from pathlib import Path

import pytest

from benchmarks.understanding.intent_sets import SetsError, few, read_sets


def labelled(intents: int, each: int) -> list[tuple[str, str]]:
    return [(f"text {number}, {intent}", f"intent{intent}") for intent in range(intents) for number in range(each)]


def write_folder(folder: Path, messages: list[tuple[str, str]]) -> None:
    folder.mkdir(parents=True)
    (folder / "seq.in").write_text("".join(f"{text}\n" for text, _ in messages))
    (folder / "label").write_text("".join(f"{intent}\n" for _, intent in messages))


def write_csv(path: Path, header: str, messages: list[tuple[str, str]]) -> None:
    path.write_text(header + "\n" + "".join(f'"{text}",{intent}\n' for text, intent in messages))


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetsError, match="nowhere"):
        read_sets(tmp_path / "nowhere", 10)


def test_a_folder_without_a_known_set_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(SetsError, match="BANKING77, CLINC150, HWU64"):
        read_sets(tmp_path, 10)


def test_texts_without_as_many_labels_are_refused(tmp_path: Path) -> None:
    for name in ("train", "test"):
        write_folder(tmp_path / "HWU64" / name, labelled(64, 2))
    (tmp_path / "HWU64" / "test" / "label").write_text("intent1\n")
    with pytest.raises(SetsError, match=r"test: seq.in has 128 lines, label 1"):
        read_sets(tmp_path, 2)


def test_a_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    for name in ("train.csv", "test.csv"):
        write_csv(tmp_path / name, "utterance,intent", labelled(77, 2))
    with pytest.raises(SetsError, match="expected text and category"):
        read_sets(tmp_path, 2)


def test_a_set_of_an_unknown_size_is_refused(tmp_path: Path) -> None:
    for name in ("train.csv", "test.csv"):
        write_csv(tmp_path / name, "text,category", labelled(5, 2))
    with pytest.raises(SetsError, match="5 intents"):
        read_sets(tmp_path, 2)


@pytest.mark.parametrize("shots", [0, 4])
def test_more_messages_than_an_intent_has_cannot_be_drawn(shots: int) -> None:
    with pytest.raises(SetsError, match=f"--shots {shots}: intent intent0 has 3"):
        few(labelled(2, 3), shots)


def test_folders_bring_their_own_few_shot_part_and_their_out_of_scope_messages(tmp_path: Path) -> None:
    folder = tmp_path / "CLINC150"
    write_folder(folder / "train", labelled(150, 4))
    write_folder(folder / "train_2", [(f"own {text}", intent) for text, intent in labelled(150, 2)])
    write_folder(folder / "test", labelled(150, 1))
    write_folder(folder / "oos" / "test", [("what is the moon made of", "oos")])
    (own,), (drawn,) = read_sets(tmp_path, 2), read_sets(tmp_path, 3)
    assert (own.name, len(own.train), len(own.test)) == ("CLINC150", 300, 150)
    assert own.train[0][0].startswith("own")
    assert own.out_of_scope == ["what is the moon made of"]
    assert len(drawn.train) == 450


def test_tables_and_the_json_file_are_read_and_each_set_stands_once(tmp_path: Path) -> None:
    for place in ("banking", "again"):
        (tmp_path / place).mkdir()
        for name in ("train.csv", "test.csv"):
            write_csv(tmp_path / place / name, "text,category", labelled(77, 3))
    content = {"train": labelled(150, 3), "test": labelled(150, 1), "oos_test": [["how far is the sun", "oos"]]}
    (tmp_path / "data_full.json").write_text(json.dumps(content))
    sets = read_sets(tmp_path, 2)
    assert [(one.name, len(one.train), one.out_of_scope) for one in sets] == [
        ("BANKING77", 154, []),
        ("CLINC150", 300, ["how far is the sun"]),
    ]


def test_a_json_file_without_its_parts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data_full.json").write_text('{"train": []}')
    with pytest.raises(SetsError, match="oos_test, test: missing"):
        read_sets(tmp_path / "data_full.json", 2)
