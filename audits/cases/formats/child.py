"""The child process that opens strangers' files: limits first, then the libraries, then the file.

Talks JSON: the request on standard input, the answer on standard output. Nothing is logged.
"""

import json
import resource
import sys
import traceback


def limit(memory_bytes: int, seconds: int) -> None:
    """Let the operating system end this process when a file needs too much."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read the request, answer with a reading or a fault."""
    request = json.load(sys.stdin)
    limit(request["limits"]["memory_bytes"], request["limits"]["seconds"])
    from datetime import date
    from pathlib import Path

    from audits.cases.formats.guard import Limits, too_much_words
    from audits.cases.formats.reader import read
    from audits.cases.formats.rows import FileFault, FrontDoor

    files = [(Path(path), name) for path, name in request["files"]]
    try:
        reading = read(
            files,
            date.fromisoformat(request["as_of"]),
            Limits(**request["limits"]),
            FrontDoor(**request["front_door"]),
        )
        answer: dict[str, object] = {"reading": reading.to_json()}
    except FileFault as fault:
        answer = {"fault": [fault.file, fault.message]}
    except MemoryError:
        answer = {"fault": [files[-1][1], too_much_words()]}
    except Exception as error:  # noqa: BLE001 — our own mistake, which must not be told as the file's
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        where = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
        answer = {"mistake": [type(error).__name__, where]}
    json.dump(answer, sys.stdout, ensure_ascii=True, separators=(",", ":"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
