"""Run as a process of its own: writes papers to an embedded store and is killed in the middle of a batch."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from handmade import GRAPHS

from kg.store import Row
from kg.store.embedded import Database, EmbeddedStore


def doom(database: Database, left: int) -> None:
    """Have the process die, as by SIGKILL, when it is about to run its n-th statement that makes edges."""
    run = database.run

    def last(text: str, parameters: Mapping[str, Any]) -> list[Row]:
        nonlocal left
        left -= "CREATE (s)-" in text
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return run(text, parameters)

    database.run = last  # type: ignore[method-assign]


if __name__ == "__main__":
    store = EmbeddedStore(sys.argv[1])
    store.write(GRAPHS[:3])
    store.remove([GRAPHS[0].paper.id])
    doom(store.database, int(sys.argv[2]))
    store.write(GRAPHS[1:])
    store.close()
