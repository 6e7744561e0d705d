"""The journal of a lab: one JSON line per event. A line that a crash truncated is skipped."""

import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO


class Journal:
    """Appends events to a file. It is safe between threads, and for one writing process at a
    time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def write(self, event: str, **facts: Any) -> None:
        """Append event with the time (UTC, ISO 8601) and facts, which must not contain secrets."""
        line = json.dumps({"time": datetime.now(UTC).isoformat(), "event": event, **facts})
        with self._lock, self._path.open("ab+") as file:
            if file.tell() and not self._ends_whole(file):
                file.write(b"\n")
            file.write(f"{line}\n".encode())

    @staticmethod
    def _ends_whole(file: BinaryIO) -> bool:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"

    def read(self) -> list[dict[str, Any]]:
        """Return the events of all complete lines, oldest first."""
        if not self._path.exists():
            return []
        events = []
        for line in self._path.read_text().splitlines():
            try:
                events.append(json.loads(line))
            except json.JSONDecodeError:
                continue
        return events
