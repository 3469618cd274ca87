"""House rules no other tool knows: the size of files, and what may stand at the top of the repository."""

import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
LONGEST = 450
TOP = {
    ".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "audits", "docker-compose.yml",
    "docs", "feedback", "manage.py", "moderation", "pyproject.toml", "qaf", "reporting", "requirements.txt", "script",
    "static", "templates", "tests",
}  # fmt: skip


def main() -> None:
    if shutil.which("git") is None or not (REPOSITORY / ".git").exists():
        return  # an unpacked archive: nothing tells its files from what was made since
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    names = listed.stdout.splitlines()
    faults = [
        f"{name} does not belong at the top" for name in sorted({name.split("/")[0] for name in names} - TOP)
    ]
    for name in names:
        path = REPOSITORY / name
        if name.endswith(".py") and "/migrations/" not in name and path.exists():
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > LONGEST:
                faults.append(f"{name} has {lines} lines; over {LONGEST} a file becomes a package")
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


main()
