"""Names in a zone against the print: accents, expansions, misread letters, other people."""

import pytest

from ocr.documents.names import names_stand_in

NAME = "NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<"


@pytest.mark.parametrize(
    ("field", "printed"),
    [
        (NAME, ["Họ / Surname", "NGUYỄN", "Tên / Given names", "VĂN AN"]),
        (NAME, ["NGUYEN VAN AN"]),
        (NAME, ["NGUYFN", "VAN AN"]),
        ("MAENNIK<<MARI<LIIS", ["MÄNNIK", "MARI-LIIS"]),
        ("OESTERGAARD<<SOEREN", ["ØSTERGAARD / SØREN"]),
        ("ZHANG<<SAN", ["张三 / ZHANG, SAN"]),
        ("DANG<<THI<DUNG", ["ĐẶNG THỊ DUNG"]),
    ],
)
def test_the_same_names_agree(field: str, printed: list[str]) -> None:
    assert names_stand_in(field, printed)


@pytest.mark.parametrize(
    ("field", "printed"),
    [
        (NAME, []),
        (NAME, ["TRẦN VĂN AN"]),
        (NAME, ["NGUYỄN VĂN BÌNH"]),
        ("", ["NGUYEN"]),
        ("<<<<", ["NGUYEN"]),
    ],
)
def test_other_names_do_not(field: str, printed: list[str]) -> None:
    assert not names_stand_in(field, printed)
