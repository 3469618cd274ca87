"""Compile the public Annex A value spellings into the two small files this package reads.

Run by hand when a newer schema is published::

    python audits/cases/formats/compile_spellings.py liia_Annex_A_schema.yml

Only the headings of the eleven lists and the spellings of the columns a case keeps are carried
over; everything else in the schema (placements, health, adopters) never enters the product.
"""

import json
import re
import sys
from pathlib import Path

import yaml

KEEP = {
    "gender": ("Gender",),
    "ethnicity": ("Ethnicity",),
    "disability": ("Does the Child have a Disability",),
    "status": ("Case Status",),
}
CODES = {
    "gender": {"a) male": "male", "b) female": "female", "c)": "not_stated", "d)": "neither"},
    "ethnicity": {
        "a)": "white",
        "b)": "mixed",
        "c) asian": "asian",
        "c) unknown": "not_stated",
        "d)": "black",
        "e)": "other",
        "f)": "not_stated",
    },
    "disability": {"True": "yes", "False": "no", "Unknown": "not_stated"},
    "status": {
        "a)": "looked_after",
        "b)": "child_protection",
        "c)": "child_in_need",
        "d)": "open_assessment",
        "e)": "closed",
    },
}


def key(text: object) -> str:
    """The form in which spellings are compared: see `values.spelling`."""
    return re.sub(r"[\s\u00a0]+", " ", str(text)).strip().casefold()


def code_of(field: str, code: object) -> str | None:
    text = str(code)
    if field == "gender" and "/" in text and "Neither" in text:
        return "neither"
    for prefix, ours in CODES[field].items():
        if text.casefold().startswith(prefix.casefold()):
            return ours
    return None


def spellings(lists: dict) -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {field: {} for field in KEEP}
    for columns in lists.values():
        for field, names in KEEP.items():
            for name in names:
                for category in columns.get(name, {}).get("category", ()):
                    ours = code_of(field, category["code"])
                    if ours is None:
                        continue
                    for spelled in [category["code"], *category["name"]]:
                        out[field].setdefault(key(spelled), ours)
    return out


def headings(lists: dict) -> dict[str, list[dict[str, object]]]:
    out = {}
    for name, columns in lists.items():
        out[name.removeprefix("list_")] = [
            {"name": column, "patterns": [p.split("/")[1] for p in spec.get("header_regex", ())]}
            for column, spec in columns.items()
        ]
    return out


def main(source: str) -> None:
    lists = yaml.safe_load(Path(source).read_text("utf-8"))["column_map"]
    here = Path(__file__).parent / "data"
    for name, content in (
        ("annex_a_headings.json", headings(lists)),
        ("annex_a_spellings.json", spellings(lists)),
    ):
        text = json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True)
        (here / name).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
