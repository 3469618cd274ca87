"""A stand-in for GOV.UK Notify: the three addresses that the official client asks, and faults on demand."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

API_KEY = f"tests-{uuid.UUID(int=1)}-{uuid.UUID(int=2)}"
TEMPLATE = str(uuid.UUID(int=3))


class Notify:
    """What it was given, and how it is to answer: ``faults`` are used up one a message.

    A fault is a status code; ``"keep, then hang up"`` takes the message and closes without an answer.
    """

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.statuses: dict[str, str] = {}
        self.faults: list[int | str] = []
        self.url = ""


class _Talk(BaseHTTPRequestHandler):
    @property
    def _notify(self) -> Notify:
        return self.server.notify  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        fault = self._notify.faults.pop(0) if self._notify.faults else None
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Authorization"].startswith("Bearer ")
        if isinstance(fault, int):
            self._answer(
                fault, {"status_code": fault, "errors": [{"error": "Fault", "message": "asked for"}]}
            )
            return
        given["id"] = str(uuid.uuid4())
        self._notify.sent.append(given)
        self._notify.statuses[given["id"]] = "sending"
        if fault:
            self.close_connection = True
            self.connection.close()
            return
        self._answer(201, {"id": given["id"], "reference": given["reference"]})

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        if split.path == "/v2/notifications":
            (reference,) = parse_qs(split.query)["reference"]
            found = [one for one in self._notify.sent if one["reference"] == reference]
            self._answer(200, {"notifications": [{"id": one["id"]} for one in found], "links": {}})
            return
        pk = split.path.rpartition("/")[2]
        self._answer(200, {"id": pk, "status": self._notify.statuses[pk]})

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base class names it so
        """Say nothing: the tests read what was kept."""


@contextmanager
def notify_peer() -> Iterator[Notify]:
    """Listen on a free port of loopback for the length of the block."""
    notify = Notify()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Talk) as server:
        server.notify = notify  # type: ignore[attr-defined]
        notify.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield notify
        finally:
            server.shutdown()
            thread.join()
