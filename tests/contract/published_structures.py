"""Documents that have, one each, what is peculiar about the structure of those that Amazon publishes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WINDOWS = {"StringEquals": ["platformType", "Windows"]}
LINUX = {"StringEquals": ["platformType", "Linux"]}
EVERYWHERE = ["Windows", "Linux", "MacOS"]


@dataclass(frozen=True)
class Structure:
    """A document, what Systems Manager tells of it, and what its steps come to on a Linux node.

    ``outcome`` has a pair of status and code for each step, None where the document is for other platforms; ``output``
    is the end of the last step's.
    """

    name: str
    content: dict[str, Any]
    platforms: list[str]
    parameters: Sequence[tuple[str, str, str | None]] = ()
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    outcome: Sequence[tuple[str, int]] | None = (("Success", 0),)
    output: str = ""


def _second(parameters: dict[str, Any], *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"schemaVersion": "2.2", "description": "d", "parameters": parameters, "mainSteps": list(steps), **more}


def _first(parameters: dict[str, Any], plugin: str, properties: Any, **more: Any) -> dict[str, Any]:
    config = {plugin: {"properties": properties, **more}}
    return {"schemaVersion": "1.2", "description": "d", "parameters": parameters, "runtimeConfig": config}


def _shell(*lines: str, **inputs: Any) -> dict[str, Any]:
    return {"action": "aws:runShellScript", "name": "shell", "inputs": {"runCommand": list(lines), **inputs}}


def _elsewhere(action: str = "aws:runPowerShellScript") -> dict[str, Any]:
    return {"action": action, "name": "windows", "precondition": WINDOWS, "inputs": {"runCommand": ["exit 0"]}}


def _cannot(action: str) -> str:
    return f"The local agent does not run {action}."


_LIMITS = {"type": "String", "default": "", "maxChars": "8", "minChars": 0, "displayType": "textarea"}
_COUNTED = "^([^'\\n\\r]|(\\r|\\n)?'[^@]|(\\r|\\n)([^']|'?$)|'$|[^\\r\\n]'@){0,255}$"
_ADDRESSES = {"type": "StringList", "default": [], "allowedPattern": "^[0-9.]+$", "minItems": 0, "maxItems": "2"}
_SOURCE = {"type": "StringMap", "default": {"path": "a<b"}, "allowedPattern": "^.+$", "maxChars": 4096}

_UNUSED = {
    "description": "## Step",
    "maxAttempts": 3,
    "onFailure": "Abort",
    "timeoutSeconds": 5,
    "isCritical": False,
    "isEnd": True,
    "nextStep": "other",
    "outputs": [{"Name": "x"}],
}
_NESTED = _second(
    {
        "word": {"type": "String", "default": "Scan"},
        "limit": {"type": "String", "default": "800"},
        "none": {"type": "String", "default": ""},
    },
    {
        "action": "aws:runDocument",
        "name": "nested",
        "inputs": {
            "documentType": "SSMDocument",
            "documentPath": "limits-as-texts-and-as-numbers",
            "documentParameters": '{"count" : "{{limit}}", "word" : {{word}}, "nothing": {{none}}}',
            "timeoutSeconds": "{{limit}}",
            "finallyStep": True,
        },
    },
)

STRUCTURES = [
    Structure(
        "plugin-properties-that-are-a-map",
        _first({"servers": _ADDRESSES}, "aws:domainJoin", {"directoryId": "d-1", "dnsIpAddresses": "{{ servers }}"}),
        ["Windows", "Linux"],
        [("servers", "StringList", "[]")],
        outcome=[("Failed", 1)],
        output=_cannot("aws:domainJoin"),
    ),
    Structure(
        "plugin-properties-that-are-a-list-with-a-number",
        _first(
            {"commands": {"type": "StringList", "minItems": 1, "displayType": "textarea"}},
            "aws:runShellScript",
            [{"id": "0.aws:runShellScript", "timeoutSeconds": 7200, "runCommand": "{{ commands }}"}],
            description="A plugin may have one.",
            settings={},
        ),
        ["Linux", "MacOS"],
        [("commands", "StringList", None)],
        {"commands": ["echo first", "echo second"]},
        output="first\nsecond\n",
    ),
    Structure(
        "plugins-of-the-first-schema-for-windows",
        {
            "description": "The schema version comes last.",
            "runtimeConfig": {"aws:psModule": {"properties": [{"id": "0"}]}, "aws:updateAgent": {"properties": {}}},
            "schemaVersion": "1.2",
        },
        ["Windows"],
        outcome=None,
    ),
    Structure(
        "plugin-properties-that-are-a-parameter",
        _first(
            {"status": {"type": "String", "default": "Enabled"}, "properties": {"type": "String", "default": ""}},
            "aws:cloudWatch",
            "{{ properties }}",
            settings={"startType": "{{ status }}"},
        ),
        ["Windows"],
        [("status", "String", "Enabled"), ("properties", "String", "")],
        outcome=None,
    ),
    Structure(
        "the-schema-between",
        {
            "schemaVersion": "2.0",
            "description": "d",
            "parameters": {"volume": {**_ADDRESSES, "allowedPattern": '^[\\w\\\\\\/_\\:\\-\\.\\"\\(\\)\\^ ]*$'}},
            "mainSteps": [
                {"action": "aws:runDockerAction", "name": "docker", "inputs": {"volume": "{{ volume }}"}},
                _shell("echo on"),
            ],
        },
        EVERYWHERE,
        [("volume", "StringList", "[]")],
        outcome=[("Failed", 1), ("Success", 0)],
        output="on\n",
    ),
    Structure(
        "a-document-that-is-fetched-and-then-run",
        _second(
            {
                "sourceType": {"type": "String", "allowedValues": ["GitHub", "S3", "SSMDocument"]},
                "sourceInfo": {"type": "StringMap", "default": {}, "displayType": "textarea"},
                "documentParameters": {"type": "StringMap", "default": {}, "displayType": "textarea"},
            },
            {
                "action": "aws:downloadContent",
                "name": "fetch",
                "inputs": {
                    "sourceType": "{{ sourceType }}",
                    "sourceInfo": "{{ sourceInfo }}",
                    "destinationPath": "fetched",
                },
            },
            {
                "action": "aws:runDocument",
                "name": "nested",
                "inputs": {
                    "documentType": "LocalPath",
                    "documentPath": "fetched",
                    "documentParameters": "{{ documentParameters }}",
                },
            },
        ),
        EVERYWHERE,
        [
            ("sourceType", "String", None),
            ("sourceInfo", "StringMap", "{}"),
            ("documentParameters", "StringMap", "{}"),
        ],
        {
            "sourceType": ["SSMDocument"],
            "sourceInfo": ['{"name": "AWS-RunShellScript"}'],
            "documentParameters": ['{"commands": ["echo inside", "echo too"]}'],
        },
        outcome=[("Success", 0), ("Success", 0)],
        output="inside\ntoo\n",
    ),
    Structure(
        "applications-beside-powershell",
        _second(
            {},
            _elsewhere(),
            {"action": "aws:applications", "name": "installer", "inputs": {"id": "0.aws:applications"}},
        ),
        ["Windows"],
        outcome=None,
    ),
    Structure(
        "a-plugin-that-linux-does-not-have",
        _second({}, {"action": "aws:psModule", "name": "module", "inputs": {}}, _shell("echo on")),
        EVERYWHERE,
        outcome=[("Success", 0), ("Success", 0)],
        output="on\n",
    ),
    Structure(
        "a-map-of-texts",
        _second({"source": _SOURCE}, _shell("echo '{{ source }}'")),
        ["Linux", "MacOS"],
        [("source", "StringMap", '{"path": "a<b"}')],
        {"source": ['{"path": "x", "more": {"n": 1}}']},
        output='{"more":{"n":1},"path":"x"}\n',
    ),
    Structure(
        "limits-as-texts-and-as-numbers",
        _second(
            {"word": _LIMITS, "count": {"type": "String", "default": "", "allowedPattern": _COUNTED}},
            _shell("echo '{{ count }} is a count'"),
        ),
        ["Linux", "MacOS"],
        [("word", "String", ""), ("count", "String", "")],
        {"word": ["12345678"], "count": ["x" * 255]},
        output="x is a count\n",
    ),
    Structure(
        "parameters-with-names-of-members",
        _second(
            {name: {"type": "String", "default": name} for name in ("parameters", "description", "Id")},
            _shell("echo {{parameters}} {{description}} {{Id}} {{{ Id }}}"),
        ),
        ["Linux", "MacOS"],
        [(name, "String", name) for name in ("parameters", "description", "Id")],
        output="parameters description Id {Id}\n",
    ),
    Structure(
        "members-of-steps-and-documents-that-nobody-uses",
        _second(
            {},
            {**_shell("exit 3", maxAttempts=1), **_UNUSED},
            {**_shell("echo {{nothing}}"), "name": "other"},
            assumeRole="{{ role }}",
            outputs=["shell.x"],
            files={"a.sh": {"checksums": {"sha256": "0"}}},
        ),
        ["Linux", "MacOS"],
        outcome=[("Failed", 3), ("Success", 0)],
        output="{{nothing}}\n",
    ),
    Structure(
        "one-item-that-is-a-whole-bash-script",
        _second(
            {"signal": {"type": "String", "description": "One of\n* a\n* `b`\n", "default": "TERM"}},
            _elsewhere(),
            {
                **_shell("#!/bin/bash\n\nif [[ {{ signal }} == T* ]] ; then\n\techo é\n\texit\nfi\n"),
                "precondition": LINUX,
            },
            description=f'### Name\n\n* `markdown` with "quotes"\n{"x" * 3000}',
        ),
        ["Windows", "Linux"],
        [("signal", "String", "TERM")],
        outcome=[("Success", 0), ("Success", 0)],
        output="é\n",
    ),
    Structure(
        "an-environment-variable-with-a-fallback",
        _second(
            {"word": {"type": "String", "default": "ls; id", "interpolationType": "ENV_VAR"}},
            _shell('if [ -n "$SSM_word" ]; then echo "$SSM_word"; else echo "{{ word }}"; fi'),
        ),
        ["Linux", "MacOS"],
        [("word", "String", "ls; id")],
        output="ls; id\n",
    ),
    Structure(
        "parameters-of-a-nested-document-as-text",
        _NESTED,
        EVERYWHERE,
        [("word", "String", "Scan"), ("limit", "String", "800"), ("none", "String", "")],
        output="800 is a count\n",
    ),
    Structure(
        "a-parameter-that-a-nested-document-refuses",
        _NESTED,
        EVERYWHERE,
        [("word", "String", "Scan"), ("limit", "String", "800"), ("none", "String", "")],
        {"word": ["too long for it"]},
        outcome=[("Failed", 1)],
        output="is exceeding the max chars /8/",
    ),
    Structure(
        "a-step-that-succeeds-by-failing",
        _second(
            {}, _shell("exit 1", onFailure="successAndExit", timeoutSeconds="60"), {**_shell("true"), "name": "last"}
        ),
        ["Linux", "MacOS"],
        outcome=[("Success", 168), ("Success", 0)],
        output="skipped due to prior step with an exit condition",
    ),
    *(
        Structure(
            f"{action.removeprefix('aws:')}-which-is-not-here",
            _second({}, {**_elsewhere(), "name": "twin"}, {"action": action, "name": "wanted", "inputs": inputs}),
            platforms,
            outcome=[("Success", 0), ("Failed", 1)],
            output=_cannot(action),
        )
        for action, inputs, platforms in (
            ("aws:configurePackage", {"name": "X", "action": "Install", "additionalArguments": {}}, EVERYWHERE),
            ("aws:updateSsmAgent", {"agentName": "amazon-ssm-agent", "allowDowngrade": "false"}, EVERYWHERE),
            ("aws:softwareInventory", {"applications": "Enabled", "files": ""}, EVERYWHERE),
            ("aws:refreshAssociation", {"associationIds": ["{{ ids }}"]}, EVERYWHERE),
            ("aws:configureDocker", {"action": "Install"}, ["Windows", "Linux"]),
            ("aws:runDockerAction", {"action": "Ps"}, ["Windows", "Linux"]),
        )
    ),
]
