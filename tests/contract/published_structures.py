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


def second(parameters: dict[str, Any], *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a document of schema 2.2."""
    return {"schemaVersion": "2.2", "description": "d", "parameters": parameters, "mainSteps": list(steps), **more}


def first(parameters: dict[str, Any], plugin: str, properties: Any, **more: Any) -> dict[str, Any]:
    """Return a document of schema 1.2 with one plugin."""
    config = {plugin: {"properties": properties, **more}}
    return {"schemaVersion": "1.2", "description": "d", "parameters": parameters, "runtimeConfig": config}


def shell(*lines: str, **inputs: Any) -> dict[str, Any]:
    """Return a script step."""
    return {"action": "aws:runShellScript", "name": "shell", "inputs": {"runCommand": list(lines), **inputs}}


def elsewhere(action: str = "aws:runPowerShellScript") -> dict[str, Any]:
    """Return a step for Windows."""
    return {"action": action, "name": "windows", "precondition": WINDOWS, "inputs": {"runCommand": ["exit 0"]}}


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
_NESTED = second(
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
        first(
            {"servers": _ADDRESSES},
            "aws:domainJoin",
            {"directoryId": "d-1", "directoryName": "corp.example.com", "dnsIpAddresses": "{{ servers }}"},
        ),
        ["Windows", "Linux"],
        [("servers", "StringList", "[]")],
        outcome=[("Failed", 1)],
        output="Domain join failed.",
    ),
    Structure(
        "plugin-properties-that-are-a-list-with-a-number",
        first(
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
        first(
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
                shell("echo on"),
            ],
        },
        EVERYWHERE,
        [("volume", "StringList", "[]")],
        outcome=[("Failed", 1), ("Success", 0)],
        output="on\n",
    ),
    Structure(
        "a-document-that-is-fetched-and-then-run",
        second(
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
        second(
            {},
            elsewhere(),
            {"action": "aws:applications", "name": "installer", "inputs": {"id": "0.aws:applications"}},
        ),
        ["Windows"],
        outcome=None,
    ),
    Structure(
        "a-plugin-that-linux-does-not-have",
        second({}, {"action": "aws:psModule", "name": "module", "inputs": {}}, shell("echo on")),
        EVERYWHERE,
        outcome=[("Success", 0), ("Success", 0)],
        output="on\n",
    ),
    Structure(
        "a-map-of-texts",
        second({"source": _SOURCE}, shell("echo '{{ source }}'")),
        ["Linux", "MacOS"],
        [("source", "StringMap", '{"path": "a<b"}')],
        {"source": ['{"path": "x", "more": {"n": 1}}']},
        output='{"more":{"n":1},"path":"x"}\n',
    ),
    Structure(
        "limits-as-texts-and-as-numbers",
        second(
            {"word": _LIMITS, "count": {"type": "String", "default": "", "allowedPattern": _COUNTED}},
            shell("echo '{{ count }} is a count'"),
        ),
        ["Linux", "MacOS"],
        [("word", "String", ""), ("count", "String", "")],
        {"word": ["12345678"], "count": ["x" * 255]},
        output="x is a count\n",
    ),
    Structure(
        "parameters-with-names-of-members",
        second(
            {name: {"type": "String", "default": name} for name in ("parameters", "description", "Id")},
            shell("echo {{parameters}} {{description}} {{Id}} {{{ Id }}}"),
        ),
        ["Linux", "MacOS"],
        [(name, "String", name) for name in ("parameters", "description", "Id")],
        output="parameters description Id {Id}\n",
    ),
    Structure(
        "members-of-steps-and-documents-that-nobody-uses",
        second(
            {},
            {**shell("exit 3", maxAttempts=1), **_UNUSED},
            {**shell("echo {{nothing}}"), "name": "other"},
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
        second(
            {"signal": {"type": "String", "description": "One of\n* a\n* `b`\n", "default": "TERM"}},
            elsewhere(),
            {
                **shell("#!/bin/bash\n\nif [[ {{ signal }} == T* ]] ; then\n\techo é\n\texit\nfi\n"),
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
        second(
            {"word": {"type": "String", "default": "ls; id", "interpolationType": "ENV_VAR"}},
            shell('if [ -n "$SSM_word" ]; then echo "$SSM_word"; else echo "{{ word }}"; fi'),
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
        second({}, shell("exit 1", onFailure="successAndExit", timeoutSeconds="60"), {**shell("true"), "name": "last"}),
        ["Linux", "MacOS"],
        outcome=[("Success", 168), ("Success", 0)],
        output="skipped due to prior step with an exit condition",
    ),
    *(
        Structure(
            f"{action.removeprefix('aws:')}-which-is-not-here",
            second({}, {**elsewhere(), "name": "twin"}, {"action": action, "name": "wanted", "inputs": inputs}),
            platforms,
            outcome=[("Success", 0), (status, 1)],
            output=output,
        )
        for action, inputs, platforms, status, output in (
            (
                *("aws:configurePackage", {"name": "X", "action": "Install", "additionalArguments": {}}),
                *(EVERYWHERE, "Failed", "Error returned for GetManifest - "),
            ),
            (
                *("aws:updateSsmAgent", {"agentName": "amazon-ssm-agent", "source": "https://s3.{Region}/x"}),
                *(EVERYWHERE, "Failed", "failed to download file reliably, https://s3.local/x, "),
            ),
            (
                *("aws:softwareInventory", {"applications": "Enabled", "files": ""}),
                *(EVERYWHERE, "Failed", "aws:softwareInventory plugin can only be invoked via ssm-associate"),
            ),
            (
                *("aws:refreshAssociation", {"associationIds": ["{{ ids }}"]}),
                *(EVERYWHERE, "Success", "failed to list instance associations, "),
            ),
            (
                *("aws:configureDocker", {"action": "Update"}),
                *(["Windows", "Linux"], "Failed", "configure Action is set to unsupported value: Update"),
            ),
            (
                *("aws:runDockerAction", {"action": "Stop"}),
                *(["Windows", "Linux"], "Failed", "Action Stop requires parameter container"),
            ),
        )
    ),
]
