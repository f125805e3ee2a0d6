"""Answers held against botocore's service model: no member invented, none of the wrong form."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape
from mypy_boto3_ssm import SSMClient

# The service itself answers these otherwise than its model says: see awscli's example of describe-instance-patches
# (state) and of get-command-invocation (moments). And what there is none of is an empty string: that of send-command.
# Of a parameter's types the model knows two; describe-document tells the others, StringMap above all, by their names.
_AS_THE_SERVICE_DOES = frozenset({"DocumentParameterType", "PatchComplianceDataState", "StringDateTime"})
_TYPES: Mapping[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "timestamp": (int, float),
}


def watch_answers(client: SSMClient) -> SSMClient:
    """Let every answer that a boto3 client gets be checked; a wrong one fails the test that asked."""
    client.meta.events.register("before-parse.ssm", _check)
    return client


def _check(operation_model: OperationModel, response_dict: Mapping[str, Any], **_: Any) -> None:
    if response_dict["status_code"] != 200:
        return
    assert response_dict["headers"]["content-type"] == "application/x-amz-json-1.1"
    assert operation_model.output_shape is not None
    found = list(faults(json.loads(response_dict["body"]), operation_model.output_shape, operation_model.name))
    assert not found, "\n".join(found)


def faults(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """Yield what is wrong with a value of a shape, each with its place."""
    if type(value) not in _TYPES[shape.type_name]:
        yield f"{path}: {value!r} is no {shape.type_name}"
        return
    match shape:
        case StructureShape():
            for name in shape.required_members:
                if name not in value:
                    yield f"{path}.{name}: is missing"
            for name, member in value.items():
                if name in shape.members:
                    yield from faults(member, shape.members[name], f"{path}.{name}")
                else:
                    yield f"{path}.{name}: is no member of {shape.name}"
        case ListShape():
            for number, item in enumerate(value):
                yield from faults(item, shape.member, f"{path}[{number}]")
        case MapShape():
            for name, member in value.items():
                yield from faults(name, shape.key, f"{path} key")
                yield from faults(member, shape.value, f"{path}[{name!r}]")
        case StringShape() if value and shape.name not in _AS_THE_SERVICE_DOES:
            yield from _text_faults(value, shape, path)


def _text_faults(value: str, shape: StringShape, path: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is not one of {shape.enum}"
    limits = shape.metadata
    if not limits.get("min", 0) <= len(value) <= limits.get("max", len(value)):
        yield f"{path}: {value!r} has not the length of {shape.name}"
    # Python's re knows no \p{..}; such patterns are those of tags, which the requests are held to.
    pattern = limits.get("pattern", "")
    if pattern and r"\p" not in pattern and not re.search(pattern, value):
        yield f"{path}: {value!r} does not match {pattern}"
