"""Every shape and every call is Systems Manager's own: held against the service model that botocore ships."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, ServiceModel, StructureShape
from botocore.model import Shape as ModelShape
from botocore.parsers import create_parser
from botocore.validate import ParamValidator
from pydantic import ValidationError

from patchgui.ssm import shapes
from patchgui.ssm.operations import OPERATIONS, OperationShape
from patchgui.ssm.shapes import OpenEnum, Shape, maintenance_windows

LOADER = Loader()
MODEL = ServiceModel(LOADER.load_service_model("ssm", "service-2"), "ssm")
PAGINATORS: dict[str, Any] = LOADER.load_service_model("ssm", "paginators-1")["pagination"]

# Members that the model leaves open, though no answer means anything without them.
ALWAYS_THERE = {
    ("CreateAssociationResult", "AssociationDescription"),
    ("CreateDocumentResult", "DocumentDescription"),
    ("DescribeAssociationResult", "AssociationDescription"),
    ("DescribeDocumentResult", "Document"),
    ("SendCommandResult", "Command"),
    ("UpdateAssociationResult", "AssociationDescription"),
    ("UpdateDocumentDefaultVersionResult", "Description"),
    ("UpdateDocumentResult", "DocumentDescription"),
}
_GUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
# The model's patterns are Java's and match the whole value; these are written so that ours do as well.
SAME_PATTERN = {
    r"([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)": r"^([$]LATEST|[$]DEFAULT|[1-9][0-9]*)$",
    r"(^[1-9][0-9]*$)": r"^[1-9][0-9]*$",
    # Its other alternatives are within the first one.
    r"^[\p{L}\p{Z}\p{N}_.:/=\-@]*$|resource-groups:ResourceTypeFilters|resource-groups:Name": (
        r"^[\p{L}\p{Z}\p{N}_.:/=\-@]*$"
    ),
    # pydantic's expressions cannot look ahead; the length is checked apart.
    r"^(?!\s*$).+": r"\S",
    # As large as this no expression of ours may be; the length is checked apart.
    "^.{1,100000}$": "^.+$",
    _GUID: f"^{_GUID}$",
    # Java's word characters are those of ASCII.
    r"(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)": r"(^i-((?-u:\w){8}|(?-u:\w){17})$)|(^mi-(?-u:\w){17}$)",
    r"[\w+=,.@/-]+": r"^[\w+=,.@/-]+$",
    "arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+": "^arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+$",
}
# What a value of a named shape may look like where any text would not do.
SAMPLES = {
    "AlarmName": "cpu-high",
    "AssociationDispatchAssumeRoleArn": "arn:aws:iam::123456789012:role/dispatch",
    "AssociationExecutionId": "01234567-89ab-cdef-0123-456789abcdef",
    "AssociationId": "01234567-89ab-cdef-0123-456789abcdef",
    "AssociationName": "Reboot-tonight",
    "AssociationVersion": "$LATEST",
    "AttachmentIdentifier": "notes.txt",
    "BaselineId": "pb-0123456789abcdef0",
    "CommandId": "01234567-89ab-cdef-0123-456789abcdef",
    "DocumentARN": "AWS-RunPatchBaseline",
    "DocumentDisplayName": "A document",
    "DocumentName": "Stop-App",
    "DocumentVersion": "$LATEST",
    "DocumentVersionName": "first",
    "DocumentVersionNumber": "3",
    "ExcludeAccount": "123456789012",
    "InstanceId": "mi-0123456789abcdef0",
    "MaintenanceWindowExecutionId": "01234567-89ab-cdef-0123-456789abcdef",
    "MaintenanceWindowExecutionTaskId": "01234567-89ab-cdef-0123-456789abcdef",
    "MaintenanceWindowExecutionTaskInvocationId": "01234567-89ab-cdef-0123-456789abcdef",
    "MaintenanceWindowId": "mw-0123456789abcdef0",
    "MaintenanceWindowName": "BlogPostDemo",
    "MaintenanceWindowTargetId": "01234567-89ab-cdef-0123-456789abcdef",
    "MaintenanceWindowTaskId": "01234567-89ab-cdef-0123-456789abcdef",
    "MaxConcurrency": "10%",
    "MaxErrors": "0",
    "RequireType": "Other",
    "TagKey": "Role",
    "TargetKey": "tag:Role",
    "TargetType": "/AWS::EC2::Instance",
}
INTEGERS = {"integer", "long"}


def exported() -> Iterator[tuple[str, Any]]:
    for module in (shapes, maintenance_windows):
        for name in module.__all__:
            yield name, getattr(module, name)


def shape_classes() -> Iterator[type[Shape]]:
    for name, found in exported():
        # STS is not in this model.
        if isinstance(found, type) and issubclass(found, Shape) and not name.startswith(("Shape", "GetCallerIdentity")):
            yield found


def enum_classes() -> Iterator[type[OpenEnum]]:
    for _, found in exported():
        # Details are free text in the model: the documented texts are ours to list.
        if isinstance(found, type) and issubclass(found, OpenEnum) and found not in {OpenEnum, shapes.StatusDetails}:
            yield found


def model_shape(name: str) -> StructureShape:
    shape = MODEL.shape_for(name)
    assert isinstance(shape, StructureShape)
    return shape


def input_of(operation: OperationShape) -> StructureShape:
    shape = MODEL.operation_model(operation.name).input_shape
    assert shape is not None
    return shape


def output_of(operation: OperationShape) -> StructureShape:
    shape = MODEL.operation_model(operation.name).output_shape
    assert shape is not None
    return shape


@cache
def json_schema(shape: type[Shape]) -> dict[str, Any]:
    return shape.model_json_schema(by_alias=True)


def resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a member's schema without its nullability and its references."""
    if "anyOf" in schema:
        (schema,) = [each for each in schema["anyOf"] if each.get("type") != "null"]
    if "allOf" in schema:
        (schema,) = schema["allOf"]
    reference = schema.get("$ref")
    return definitions[reference.rpartition("/")[2]] if reference else schema


def reachable(shape: ModelShape, seen: set[str]) -> set[str]:
    if shape.name not in seen:
        seen.add(shape.name)
        if isinstance(shape, StructureShape):
            for member in shape.members.values():
                reachable(member, seen)
        elif isinstance(shape, ListShape):
            reachable(shape.member, seen)
    return seen


@cache
def request_side() -> frozenset[str]:
    """Return the names of all shapes that a request may hold: those carry limits."""
    seen: set[str] = set()
    for operation in OPERATIONS.values():
        reachable(input_of(operation), seen)
    return frozenset(seen)


def sample(shape: ModelShape) -> Any:
    """Return a wire value with every member filled."""
    if isinstance(shape, StructureShape):
        return {name: sample(member) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [sample(shape.member)]
    match shape.type_name:
        case "map":
            value_shape: ModelShape = shape.value  # type: ignore[attr-defined]  # stubs know no MapShape by name
            return {"key": sample(value_shape)}
        case "string":
            enum: list[str] = shape.enum  # type: ignore[attr-defined]  # stubs know no StringShape by name
            return enum[0] if enum else SAMPLES.get(shape.name, "x" * max(1, shape.metadata.get("min", 1)))
        case "boolean":
            return True
        case "blob":
            return "eA=="
        case "timestamp":
            return 1_700_000_000.25
        case _:
            return int(shape.metadata.get("min", 1))


@pytest.mark.parametrize("shape", [*shape_classes()], ids=lambda shape: shape.__name__)
def test_a_shape_has_exactly_the_members_of_the_model(shape: type[Shape]) -> None:
    assert {field.alias for field in shape.model_fields.values()} == set(model_shape(shape.__name__).members)


@pytest.mark.parametrize("shape", [*shape_classes()], ids=lambda shape: shape.__name__)
def test_a_shape_requires_what_the_model_requires(shape: type[Shape]) -> None:
    required = {field.alias for field in shape.model_fields.values() if field.is_required()}
    always_there = {member for owner, member in ALWAYS_THERE if owner == shape.__name__}
    assert required == set(model_shape(shape.__name__).required_members) | always_there


@pytest.mark.parametrize("shape", [*shape_classes()], ids=lambda shape: shape.__name__)
def test_types_and_limits_are_those_of_the_model(shape: type[Shape]) -> None:
    schema = json_schema(shape)
    for name, member in model_shape(shape.__name__).members.items():
        check_member(
            f"{shape.__name__}.{name}",
            member,
            schema["properties"][name],
            schema.get("$defs", {}),
            limited=shape.__name__ in request_side(),
        )


def check_member(
    path: str, member: ModelShape, schema: dict[str, Any], definitions: dict[str, Any], *, limited: bool
) -> None:
    ours = resolved(schema, definitions)
    match member.type_name:
        case "structure":
            assert ours["title"] == member.name, path
        case "list":
            assert isinstance(member, ListShape)
            assert ours["type"] == "array", path
            if limited:
                check_list_limits(path, member, ours)
            check_member(f"{path}[]", member.member, ours["items"], definitions, limited=limited)
        case "map":
            assert ours["type"] == "object", path
            value: ModelShape = member.value  # type: ignore[attr-defined]  # stubs know no MapShape by name
            check_member(f"{path}{{}}", value, ours["additionalProperties"], definitions, limited=limited)
        case "timestamp":
            assert ours["format"] == "date-time", path
        case "boolean":
            assert ours["type"] == "boolean", path
        case "blob":
            # It travels as Base64, in four characters for three bytes.
            assert (ours["type"], ours["maxLength"]) == ("string", -(-member.metadata["max"] // 3) * 4), path
        case kind if kind in INTEGERS:
            assert ours["type"] == "integer", path
            if limited:
                limits = (member.metadata.get("min"), member.metadata.get("max"))
                assert (ours.get("minimum"), ours.get("maximum")) == limits, path
        case _:
            check_string(path, member, ours, limited=limited)


def check_list_limits(path: str, member: ListShape, ours: dict[str, Any]) -> None:
    minimum, maximum = member.metadata.get("min") or None, member.metadata.get("max")
    assert (ours.get("minItems"), ours.get("maxItems")) == (minimum, maximum), path


def check_string(path: str, member: ModelShape, ours: dict[str, Any], *, limited: bool) -> None:
    assert ours["type"] == "string", path
    enum = member.enum  # type: ignore[attr-defined]  # stubs know no StringShape by name
    if enum:
        assert ours["title"] == member.name, path
        return
    assert "enum" not in ours, path
    if limited:
        pattern = member.metadata.get("pattern")
        written = SAME_PATTERN.get(pattern, pattern) if pattern else None
        theirs = (member.metadata.get("min") or None, member.metadata.get("max"), written)
        assert (ours.get("minLength"), ours.get("maxLength"), ours.get("pattern")) == theirs, path


@pytest.mark.parametrize("enum", [*enum_classes()], ids=lambda enum: enum.__name__)
def test_an_enumeration_has_the_strings_of_the_model(enum: type[OpenEnum]) -> None:
    assert [str(member) for member in enum] == MODEL.shape_for(enum.__name__).enum  # type: ignore[attr-defined]


@pytest.mark.parametrize("operation", [*OPERATIONS.values()], ids=lambda operation: operation.name)
def test_a_call_takes_and_answers_what_the_model_says(operation: OperationShape) -> None:
    assert operation.request.__name__ == input_of(operation).name
    assert operation.result.__name__ == output_of(operation).name


@pytest.mark.parametrize("operation", [*OPERATIONS.values()], ids=lambda operation: operation.name)
def test_a_call_has_pages_where_botocore_has_a_paginator(operation: OperationShape) -> None:
    paginator = PAGINATORS.get(operation.name)
    assert operation.is_paginated == bool(paginator)
    if paginator:
        field = operation.result.model_fields[operation.page_member]
        assert field.alias == paginator["result_key"]
        page_size = input_of(operation).members["MaxResults"].metadata.get("max", 0)
        assert operation.page_size == page_size


@pytest.mark.parametrize("operation", [*OPERATIONS.values()], ids=lambda operation: operation.name)
def test_a_full_answer_comes_back_the_same_and_botocore_reads_it(operation: OperationShape) -> None:
    output = output_of(operation)
    wire = sample(output)
    result = operation.result.from_wire_json(json.dumps(wire))
    assert result.to_wire() == wire
    assert json.loads(result.to_wire_json()) == wire
    response = {"status_code": 200, "headers": {}, "body": result.to_wire_json()}
    parsed = create_parser("json").parse(response, output)
    assert {name for name in parsed if name != "ResponseMetadata"} == set(wire)


@pytest.mark.parametrize("operation", [*OPERATIONS.values()], ids=lambda operation: operation.name)
def test_botocore_accepts_a_full_request(operation: OperationShape) -> None:
    request = operation.request.from_wire(sample(input_of(operation)))
    assert not ParamValidator().validate(request.to_wire(), input_of(operation)).has_errors()


@pytest.mark.parametrize("operation", [*OPERATIONS.values()], ids=lambda operation: operation.name)
def test_a_request_refuses_strings_that_the_model_does_not_list(operation: OperationShape) -> None:
    for name, member in input_of(operation).members.items():
        if getattr(member, "enum", None):
            wire = sample(input_of(operation)) | {name: "Nonesuch"}
            with pytest.raises(ValidationError) as caught:
                operation.request.from_wire(wire)
            assert caught.value.errors()[0]["loc"] == (name,)


@pytest.mark.parametrize("operation", [*OPERATIONS.values()], ids=lambda operation: operation.name)
def test_the_wire_knows_no_names_of_ours(operation: OperationShape) -> None:
    ours = {name: None for name, field in operation.request.model_fields.items() if field.alias != name}
    required = {field.alias for field in operation.request.model_fields.values() if field.is_required()}
    if required:
        with pytest.raises(ValidationError) as caught:
            operation.request.from_wire(ours)
        assert {error["loc"][0] for error in caught.value.errors()} == required
