"""Files that cannot be used: each is refused with what happened and what to do, and harms nothing."""

import os
import random
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest

from audits.cases.formats.guard import Limits
from audits.cases.formats.process import expand, read_upload
from audits.cases.formats.rows import FileFault
from tests.factories import annex_a
from tests.factories.annex_a import child

AS_OF = date(2026, 9, 30)


def fault(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(FileFault) as refused:
        read_upload(expand([path]), as_of=AS_OF, limits=limits)
    assert refused.value.file.startswith(path.name)
    return refused.value.message


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n\r\n,,,\r\n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path, content):
    assert fault(write(tmp_path / "list6.csv", content)).startswith("This file is empty.")


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\x00\x01\x02\x03" * 50])
def test_a_file_of_another_kind_is_refused_whatever_it_is_called(tmp_path, content):
    assert fault(write(tmp_path / "list6.xlsx", content)).startswith("This kind of file cannot be read.")


def test_a_web_page_named_xls_is_called_a_web_page(tmp_path):
    assert fault(write(tmp_path / "list6.xls", b"<html><table></table></html>")).startswith(
        "This file is a web page"
    )


@pytest.mark.parametrize("stream", ["EncryptedPackage", "Workbook"])
def test_a_password_is_told_from_damage(tmp_path, stream):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(512)
    message = fault(write(tmp_path / "a.xlsx", ole))
    assert ("protected by a password" in message) is (stream == "EncryptedPackage")
    assert ("damaged" in message) is (stream == "Workbook")


def test_a_password_on_a_workbook_of_the_old_format_is_told_too(tmp_path):
    """The record that says a stream is encrypted stands right after the one that begins it."""
    content = bytearray((Path(__file__).parents[1] / "fixtures" / "invented" / "list_6.xls").read_bytes())
    begins = content.index(b"\x09\x08\x10\x00")
    after = begins + 4 + struct.unpack_from("<H", content, begins + 2)[0]
    struct.pack_into("<H", content, after, 0x002F)
    message = fault(write(tmp_path / "a.xls", bytes(content)))
    assert message.startswith("This workbook is protected by a password")


def test_60_megabytes_are_refused_before_they_are_opened(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.truncate(60 * 1024 * 1024)
    assert fault(path).startswith("This file is 60 MB; the largest that can be uploaded is 30 MB.")


def test_a_spreadsheet_bomb_is_not_unpacked(tmp_path):
    path = annex_a.list_6(tmp_path / "bomb.xlsx", child("1"))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"0" * 230 * 1024 * 1024)
    assert fault(path).startswith("This file unpacks to far more than a case list holds")


def test_a_bomb_that_lies_about_its_size_is_stopped_by_the_operating_system(tmp_path):
    """Two cells at the corners of a sheet: 17 billion cells for a reader that believes them."""
    path = tmp_path / "corners.xlsx"
    source = annex_a.list_6(tmp_path / "a.xlsx", child("1"))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", far)
            new.writestr(name, content)
    assert fault(path).startswith("This file unpacks to far more than a case list holds")


def test_the_reading_process_ends_at_its_memory_limit_and_not_the_machine(tmp_path):
    path = annex_a.list_6(tmp_path / "a.xlsx", *[child(f"{n:06}") for n in range(12_000)])
    assert len(read_upload(expand([path]), as_of=AS_OF).rows) == 12_000
    assert fault(path, Limits(memory_bytes=24 * 1024 * 1024)).startswith("This file unpacks to far more")


def test_a_file_that_takes_too_long_is_given_up(tmp_path):
    rows = [child(f"{n:06}") for n in range(20_000)]
    path = annex_a.list_6(tmp_path / "slow.xlsx", *rows)
    assert fault(path, Limits(seconds=0)).startswith("This file unpacks to far more")


def test_a_mistake_of_our_own_is_not_told_as_the_files_and_is_logged_without_its_words(tmp_path, caplog):
    class Never(date):
        def isoformat(self):
            return "a canary of a day"

    path = annex_a.list_6(tmp_path / "a.xlsx", child("1"))
    with pytest.raises(FileFault) as refused:
        read_upload(expand([path]), as_of=Never(2026, 9, 30))
    assert "our mistake" in refused.value.message
    assert "ValueError at ['child.py:" in caplog.text
    assert "canary" not in caplog.text


def test_more_cells_than_the_cap_are_refused(tmp_path):
    path = annex_a.list_6(tmp_path / "wide.xlsx", *[child(str(n)) for n in range(50)])
    assert fault(path, Limits(cells=100)).startswith("This file unpacks to far more")


def test_no_list_recognised_says_which_headings_are_needed(tmp_path):
    path = annex_a.csv_file(
        tmp_path / "pets.csv", ("Name", "Kind", "Age"), [{"Name": "Rex", "Kind": "dog", "Age": 4}]
    )
    assert fault(path).startswith("No list was recognised in this file.")


def test_a_list_6_without_case_status_says_so(tmp_path):
    headings = tuple(heading for heading in annex_a.LIST_6 if heading != "Case status")
    path = annex_a.workbook(tmp_path / "a.xlsx", ("List 6", headings, [child("1")]))
    assert fault(path).startswith("List 6 on sheet “List 6” has no column for Case status.")


def test_a_zip_of_something_else_and_a_missing_file_are_refused(tmp_path):
    path = tmp_path / "letters.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.docx", b"hello")
    assert fault(path).startswith("This file holds neither an Excel workbook nor CSV files.")
    with pytest.raises(FileFault, match="There is no such file"):
        expand([tmp_path / "nowhere.xlsx"])


def _mutants(source: bytes, count: int) -> list[bytes]:
    chance = random.Random(20260930)
    found = []
    for number in range(count):
        content = bytearray(source)
        kind = number % 4
        if kind == 0:
            content = content[: chance.randrange(len(content))]
        elif kind == 1:
            for _ in range(20):
                content[chance.randrange(len(content))] = chance.randrange(256)
        elif kind == 2:
            at = chance.randrange(len(content))
            content[at:at] = chance.randbytes(200)
        else:
            content[22:26] = struct.pack("<I", chance.randrange(2**32))
        found.append(bytes(content))
    return found


def test_malformed_workbooks_are_read_or_refused_but_never_break_anything(tmp_path):
    """Read in this process, to be quick: the child adds only its limits. 10,000 files in the long run."""
    from audits.cases.formats.reader import read

    source = annex_a.list_6(tmp_path / "a.xlsx", *[child(str(n)) for n in range(20)]).read_bytes()
    outcomes = set()
    for number, content in enumerate(_mutants(source, 10_000 if os.environ.get("QAF_LONG") else 60)):
        path = write(tmp_path / f"{number}.xlsx", content)
        try:
            read([(path, path.name)], AS_OF)
            outcomes.add("read")
        except FileFault:
            outcomes.add("refused")
    assert "refused" in outcomes
