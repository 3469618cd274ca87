"""A mail server that keeps what it gets, and misbehaves when asked to."""

import socket
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default


class Sink:
    """What the server got, and how it is to answer.

    ``replies`` gives an answer other than "yes" to a command, such as ``{"RCPT": "550 nobody of that name"}``.
    ``hang_up_after_data``: that many messages are kept, and the connection is closed without a word.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.recipients: list[str] = []
        self.replies: dict[str, str] = {}
        self.hang_up_after_data = 0
        self.port = 0

    @property
    def message_ids(self) -> list[str]:
        """The Message-IDs in the order in which they came."""
        return [message["Message-ID"] for message in self.messages]


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        self._say("220 sink")
        to = ""
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            answer = sink.replies.get(verb)
            if verb == "RCPT":
                to = line.partition(":")[2].strip("<> ")
            if verb == "DATA" and answer is None:
                self._say("354 go on")
                self._keep(sink, to)
                if sink.hang_up_after_data:
                    sink.hang_up_after_data -= 1
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                answer = sink.replies.get("END")
            self._say(answer or "250 yes")

    def _keep(self, sink: Sink, to: str) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if "END" not in sink.replies:
            sink.messages.append(message_from_bytes(b"".join(lines), policy=default))
            sink.recipients.append(to)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed hangs up in the middle; anything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """Listen on a free port of loopback for the length of the block."""
    sink = Sink()
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.sink = sink  # type: ignore[attr-defined]
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            server.shutdown()
            thread.join()
