"""Papers -> extractions by the trained encoder: deterministic to the byte, whatever the batch size or the workers."""

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from kg.errors import ExtractError
from kg.extract.encoder.decode import extraction, read
from kg.extract.encoder.features import featurize, load_tokenizer
from kg.extract.encoder.knobs import read_knobs
from kg.extract.encoder.network import Network, OnnxNetwork
from kg.types import Extraction, Paper

SHIPPED = Path(__file__).parent.parent / "model"
MOST_THREADS = 8


class EncoderExtractor:
    """The learned extractor.

    `model` is a folder with encoder.onnx and heads.onnx (each may be packed, .onnx.zst), tokenizer.json, config.json.
    """

    def __init__(self, model: Path = SHIPPED, *, network: Network | None = None) -> None:
        config = json.loads((model / "config.json").read_text(encoding="utf-8"))
        self.name: str = f"{config['name']}-{config['version']}"
        self._knobs = read_knobs(model / "config.json")
        self._tokenizer = load_tokenizer(model / "tokenizer.json")
        self._network: Network = network or OnnxNetwork(model)

    def __call__(self, paper: Paper) -> Extraction:
        """What one paper reports."""
        features = featurize(paper.text, self._tokenizer, title_length=len(paper.title or ""))
        if not len(features.starts):
            return Extraction(paper=paper, extractor=self.name)
        reading = read(features, self._network.encode(features), self._network, self._knobs)
        return extraction(paper, reading, self._knobs, extractor=self.name)

    def pipe(
        self, papers: Iterable[Paper], *, batch_size: int = 32, workers: int = 1
    ) -> Iterator[Extraction | ExtractError]:
        """One extraction, or the error in its place, for every paper, in the order given.

        Papers are read side by side in threads (ONNX Runtime computes outside Python's lock): `workers` of them, or
        one a processor where that is 1. At most `batch_size` papers are under way at a time.
        """
        threads = workers if workers > 1 else min(MOST_THREADS, os.cpu_count() or 1)
        with ThreadPoolExecutor(threads, thread_name_prefix="kg-extract") as pool:
            waiting: deque[Future[Extraction | ExtractError]] = deque()
            try:
                for paper in papers:
                    waiting.append(pool.submit(self._try, paper))
                    if len(waiting) >= max(batch_size, 1):
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _try(self, paper: Paper) -> Extraction | ExtractError:
        try:
            return self(paper)
        except (ValueError, IndexError, RuntimeError) as error:  # a faulty paper must not end the run
            return ExtractError(paper.id, f"{type(error).__name__}: {error}")
