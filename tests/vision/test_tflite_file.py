"""The writer of TensorFlow Lite files, read back with the runtime's own schema."""

from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from appliance.vision.convert import Precision, convert
from appliance.vision.dlib_weights import FaceNetwork
from appliance.vision.tflite_file import Graph, Kind, Operator, Tensor, write

BATCH = -1
SIZES = {
    schema.TensorType.FLOAT32: 4,
    schema.TensorType.FLOAT16: 2,
    schema.TensorType.INT8: 1,
    schema.TensorType.INT32: 4,
}


def parsed(data: bytes) -> Any:
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(data))


@pytest.fixture(scope="module", params=list(Precision))
def model(request: pytest.FixtureRequest, face_network: FaceNetwork) -> Any:
    return parsed(convert(face_network, request.param))


def test_the_file_has_the_operators_of_dlibs_network(model: Any) -> None:
    known = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    codes = [known[code.builtinCode] for code in model.operatorCodes]
    found = [codes[operator.opcodeIndex] for operator in model.subgraphs[0].operators]
    wanted = {"CONV_2D": 29, "ADD": 14, "PAD": 5, "AVERAGE_POOL_2D": 4, "MAX_POOL_2D": 1, "MEAN": 1}
    assert {kind: found.count(kind) for kind in wanted} == wanted
    assert found[-1] == "FULLY_CONNECTED"


def test_only_the_batch_of_input_and_output_may_be_resized(model: Any) -> None:
    graph = model.subgraphs[0]
    first, last = graph.tensors[graph.inputs[0]], graph.tensors[graph.outputs[0]]
    assert (list(first.shape), list(first.shapeSignature)) == ([1, 150, 150, 3], [BATCH, 150, 150, 3])
    assert (list(last.shape), list(last.shapeSignature)) == ([1, 128], [BATCH, 128])


def test_whatever_is_used_was_made_before_or_has_its_bytes(model: Any) -> None:
    graph = model.subgraphs[0]
    made = set(graph.inputs.tolist())
    for operator in graph.operators:
        for index in set(operator.inputs.tolist()) - made - {-1}:  # -1: a bias that is left out
            tensor = graph.tensors[index]
            data = model.buffers[tensor.buffer].data
            assert len(data) == np.prod(tensor.shape) * SIZES[tensor.type]
        made |= set(operator.outputs.tolist())
    assert set(graph.outputs.tolist()) <= made


def test_constants_lie_where_a_mapped_file_can_be_read_from(face_network: FaceNetwork) -> None:
    root = schema.Model.GetRootAs(convert(face_network))
    for i in range(root.BuffersLength()):
        if root.Buffers(i).DataLength():
            table = root.Buffers(i)._tab
            assert table.Vector(table.Offset(4)) % 16 == 0


def test_int8_weights_have_a_scale_for_each_filter(face_network: FaceNetwork) -> None:
    model = parsed(convert(face_network, Precision.INT8))
    quantised = [t for t in model.subgraphs[0].tensors if t.type == schema.TensorType.INT8]
    assert len(quantised) == 29
    for tensor in quantised:
        assert tensor.quantization.quantizedDimension == 0
        assert len(tensor.quantization.scale) == tensor.shape[0]
        assert not tensor.quantization.zeroPoint.any()


def test_the_same_graph_gives_the_same_bytes() -> None:
    def graph() -> Graph:
        made = Graph()
        first = made.tensor(Tensor("in", (1, 4)))
        more = made.tensor(Tensor("more", (1, 4), data=np.ones((1, 4), np.float32)))
        out = made.tensor(Tensor("out", (1, 4)))
        made.step(Operator(Kind.ADD, (first, more), out, ((0, 1, 0),)))
        return made

    assert write(graph(), "two") == write(graph(), "two")
    assert write(graph(), "two") != write(graph(), "three")
