"""Lets a process of the shop live so many seconds ahead as the file says that LOAD_CLOCK names; imported at its start.

The wall clock alone jumps, as it does on a machine whose clock is set: what measures time (`monotonic`) goes on evenly.
"""

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

LOOK_EVERY = 0.2


def follow(clock: Path) -> None:
    """Set this process's clock whenever the file says another number of seconds."""
    ahead, away = "0", None
    while True:
        said = (clock.exists() and clock.read_text()) or ahead  # it is empty for a moment while it is written
        if said != ahead:
            if away is not None:
                away.stop()
            away = time_machine.travel(datetime.now(UTC) + timedelta(seconds=int(said))) if said != "0" else None
            if away is not None:
                away.start()
            ahead = said
        time.sleep(LOOK_EVERY)


if "LOAD_CLOCK" in os.environ:
    threading.Thread(target=follow, args=(Path(os.environ["LOAD_CLOCK"]),), daemon=True).start()
