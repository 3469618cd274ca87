"""What a file is, told by its first bytes, and whether it is safe to open. Nothing is unpacked here."""

import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from audits.cases.formats.rows import FileFault

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an upload may hold. Seconds and bytes are kept by the operating system on the child."""

    file_bytes: int = 30 * MEGABYTE
    unpacked_bytes: int = 220 * MEGABYTE
    ratio: int = 200
    members: int = 400
    sheets: int = 60
    cells: int = 2_000_000
    memory_bytes: int = 256 * MEGABYTE
    seconds: int = 30


class Kind(StrEnum):
    """The kinds of file that are read."""

    WORKBOOK = "workbook"
    CSV = "csv"
    ZIP = "zip"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
USE = "Upload Annex A as an Excel workbook (.xlsx or .xls) or as one CSV file a list."


def kind_of(path: Path, name: str, limits: Limits) -> Kind:
    """Return what the file is; raise ``FileFault`` when it must not be opened."""
    size = path.stat().st_size
    if size == 0:
        raise FileFault(name, f"This file is empty. {USE}")
    if size > limits.file_bytes:
        raise FileFault(
            name,
            f"This file is {size / MEGABYTE:.0f} MB; the largest that can be uploaded is "
            f"{limits.file_bytes // MEGABYTE} MB. Remove sheets and pictures that are not part of Annex A, "
            "or upload one CSV file a list.",
        )
    with path.open("rb") as stream:
        start = stream.read(4096)
    if start.startswith((ZIP, EMPTY_ZIP)):
        return _kind_of_zip(path, name, limits)
    if start.startswith(OLE):
        return _kind_of_ole(path, name)
    return _kind_of_text(start, name)


def _kind_of_ole(path: Path, name: str) -> Kind:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileFault(name, password_words())
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        return Kind.WORKBOOK
    raise FileFault(name, f"This is an Office file but not an Excel workbook. {USE}")


def password_words() -> str:
    """Return what is said of every file that a password protects."""
    return (
        "This workbook is protected by a password and cannot be read. Open it in Excel, remove the password "
        "(File, Info, Protect Workbook) and upload it again."
    )


def _kind_of_text(start: bytes, name: str) -> Kind:
    if start.lstrip()[:1] == b"<":
        raise FileFault(name, f"This file is a web page or XML, whatever its name says. {USE}")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Kind.CSV
    if start.startswith((b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8")) or b"\x00" in start:
        raise FileFault(name, f"This kind of file cannot be read. {USE}")
    if not start.strip(b"\xef\xbb\xbf\r\n\t ,;"):
        raise FileFault(name, f"This file is empty. {USE}")
    return Kind.CSV


def _kind_of_zip(path: Path, name: str, limits: Limits) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileFault(
            name, "This file is damaged and cannot be opened. Save it again and upload the new copy."
        ) from error
    check_members(members, path.stat().st_size, name, limits)
    names = {member.filename for member in members}
    if any(member.flag_bits & 0x1 for member in members):
        raise FileFault(name, password_words())
    if any(entry.startswith("xl/") for entry in names):
        return Kind.WORKBOOK
    if any(entry.casefold().endswith(".csv") for entry in names):
        return Kind.ZIP
    raise FileFault(name, f"This file holds neither an Excel workbook nor CSV files. {USE}")


def check_members(members: list[zipfile.ZipInfo], size: int, name: str, limits: Limits) -> None:
    """Refuse an archive whose contents are out of proportion, by what its directory declares."""
    unpacked = sum(member.file_size for member in members)
    sheets = sum(1 for member in members if member.filename.startswith("xl/worksheets/"))
    if (
        len(members) > limits.members
        or sheets > limits.sheets
        or unpacked > limits.unpacked_bytes
        or (unpacked > 20 * MEGABYTE and unpacked > size * limits.ratio)
    ):
        raise FileFault(name, too_much_words())


def too_much_words() -> str:
    """Return what is said of a file that would unpack to more than is safe."""
    return (
        "This file unpacks to far more than a case list holds and was not opened. Copy only the Annex A lists "
        "into a new workbook, as values, and upload that."
    )
