"""The runtime of the networks: ai-edge-litert, or tflite-runtime where that is what is installed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.domain.errors import Fault

try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:  # Python 3.11 boxes may carry the older package
    from tflite_runtime.interpreter import Interpreter

Floats = NDArray[np.float32]


class Network:
    """One network, loaded. Not safe to share between threads."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Load a network.

        Raises:
            Fault: when the file is no network.
        """
        try:
            self._interpreter: Any = Interpreter(model_path=str(path), num_threads=threads)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError, OSError) as problem:
            raise Fault(
                "models:damaged", "A network of the model pack does not load.", "Run `kluis models verify`."
            ) from problem
        self._input: dict[str, Any] = self._interpreter.get_input_details()[0]
        self._outputs: Sequence[dict[str, Any]] = self._interpreter.get_output_details()
        self._shape = tuple(self._input["shape"])

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of one input, without the batch."""
        return tuple(int(n) for n in self._input["shape"][1:])

    @property
    def output_shapes(self) -> list[tuple[int, ...]]:
        """Of the outputs, without the batch."""
        return [tuple(int(n) for n in output["shape"][1:]) for output in self._outputs]

    def run(self, batch: Floats) -> list[Floats]:
        """All outputs for a batch [n, ...], each copied out of the runtime's memory."""
        if batch.shape != self._shape:
            self._interpreter.resize_tensor_input(self._input["index"], batch.shape)
            self._interpreter.allocate_tensors()
            self._shape = batch.shape
        self._interpreter.set_tensor(self._input["index"], batch)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(o["index"]) for o in self._outputs]
