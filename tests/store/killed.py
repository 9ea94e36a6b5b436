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
from kg.store.embedded import EmbeddedStore


class Doomed(EmbeddedStore):
    """Dies, as by SIGKILL, when it is about to run its n-th statement that makes edges."""

    left = 10**9

    def _run(self, text: str, parameters: Mapping[str, Any]) -> list[Row]:
        self.left -= "CREATE (s)-" in text
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super()._run(text, parameters)


if __name__ == "__main__":
    store = Doomed(sys.argv[1])
    store.write(GRAPHS[:3])
    store.left = int(sys.argv[2])
    store.remove([GRAPHS[0].paper.id])
    store.write(GRAPHS[1:])
    store.close()
