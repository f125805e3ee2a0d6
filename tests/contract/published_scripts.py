"""More documents that have, one each, what is peculiar about those that Amazon publishes: of values and of scripts."""

from typing import Any

from tests.contract.published_structures import EVERYWHERE, LINUX, WINDOWS, Structure, elsewhere, second, shell

_VOLUME = {"type": "String", "default": "", "allowedPattern": "^vol-[a-z0-9]{8,17}$"}
_UNIX = ["Linux", "MacOS"]

# What each pattern has in common with published ones, and a value that it lets pass.
_PATTERNS = {
    "dashAfterARange": (r"^[a-zA-Z0-9-\"~:_@./^(*)!<>?=+,]*$", "a-b,c"),
    "base64": (r"^\*$|^([A-Za-z0-9-_\/+]{2})*([A-Za-z0-9-_\/+]{2}|[A-Za-z0-9-_\/+]=)$", "ab-_c="),
    "notAnchored": (r"([1-9][0-9]{0,3})|(28[0-7][0-9]{1,2})|(28800)", "28800"),
    "wordEnds": (r"\b.{3}\b", "HDB"),
    "notGreedy": (r"(^$)|^https://([^/]+)/(.*?([^/]+))$", "https://host/a/b"),
    "nothingOrSomething": (r"^((HKLM|HKU)+:\\)(()|([a-z\\*]))+$", "HKLM:\\a\\b"),
    "counted": (r"^Key=(.){1,256},Values=(.){0,256}[^,]$", "Key=a,Values=b"),
    "dotOfAnEnding": (r"[(a-z_A-Z0-9\-\.)/]+(.yml|.yaml)$", "a/(b).yml"),
    "bell": (r"^(alias\aws\ssm|[a-zA-Z0-9-/_]{1,32})$", "alias/x"),
    "severalLines": (r"^((\{\{ssm:[a-z]*\}\})|([\w\d_\-\s:\.\[\]\n\r)]*))?$", "a: b\n  c: [d]\r\n"),
    "anchorsInside": (r"((?:^[\d\w\-_\.+]*$)|(?:^arn:aws(-\w+)*:[\w\d-]+:.*$))?", "x y"),
    "quotes": (r"^(recipe\[[^'\";&\|><\*\?`\$\(\)]+\])(\,recipe\[[^'\"]+\])*$|^\s*$", "recipe[a::b],recipe[c]"),
}

_LICENCE = [f"# {number:4} Granted, free of charge, to any person who has a copy of this." for number in range(1400)]


def _text(**rules: Any) -> dict[str, Any]:
    return {"type": "String", **rules}


SCRIPTS = [
    Structure(
        "patterns-of-every-kind",
        second({name: _text(allowedPattern=pattern) for name, (pattern, _) in _PATTERNS.items()}, shell("echo passed")),
        _UNIX,
        [(name, "String", None) for name in _PATTERNS],
        {name: [value] for name, (_, value) in _PATTERNS.items()},
        output="passed\n",
    ),
    Structure(
        "a-default-that-its-own-pattern-refuses",
        second({"volume": _VOLUME}, shell("echo {{volume}}")),
        _UNIX,
        [("volume", "String", "")],
        {"volume": ["vol-0123456789"]},
        output="vol-0123456789\n",
    ),
    Structure(
        "a-description-with-signs-of-print",
        second(
            {"level": _text(description="–vvv isn’t there; “-v” is…", allowedValues=["-v", "-vv"], default="-v")},
            shell("echo '{{ level }}' “…”"),
        ),
        _UNIX,
        [("level", "String", "-v")],
        output="-v “…”\n",
    ),
    Structure(
        "inputs-in-another-case-and-a-limit-that-is-a-parameter",
        second(
            {"Source": {"type": "StringMap", "default": {}}, "Limit": _text(default="60")},
            {
                "action": "aws:downloadContent",
                "name": "fetch",
                "inputs": {"SourceType": "SSMDocument", "SourceInfo": "{{ Source }}"},
            },
            shell("ls", timeoutSeconds="{{ Limit }}"),
        ),
        EVERYWHERE,
        [("Source", "StringMap", "{}"), ("Limit", "String", "60")],
        {"Source": ['{"name": "AWS-RunShellScript"}']},
        outcome=[("Success", 0), ("Success", 0)],
        output="AWS-RunShellScript.json\n",
    ),
    Structure(
        "data-behind-the-end-of-a-script",
        second(
            {"word": _text()},
            shell("#!/bin/bash", 'tail -n 2 "${BASH_SOURCE[0]}" | tr -d \\\'', "exit $?", "END'", "{{ word }}", "'"),
        ),
        _UNIX,
        [("word", "String", None)],
        {"word": ["(it"]},
        output="(it\n",
    ),
    Structure(
        "a-map-that-is-a-line-of-a-script",
        second({"map": {"type": "StringMap"}}, shell("cat <<END", "{{ map }}", "END")),
        _UNIX,
        [("map", "StringMap", None)],
        {"map": ['{"a": "b"}']},
        outcome=[("Failed", 1)],
        output="Invalid format in plugin properties map[runCommand:[cat <<END map[a:b] END]];",
    ),
    Structure(
        "a-shebang-that-is-none-behind-a-blank",
        second({}, shell(" #!/bin/false", " set -e", " set -u", " echo ran")),
        _UNIX,
        output="ran\n",
    ),
    Structure(
        "a-script-of-the-middle-schema-that-works-beside-itself",
        {
            **second({}, shell("#!/bin/bash", "cd $(dirname $0)", "if true; then", "\techo here > made", "fi", "ls")),
            "schemaVersion": "2.0",
        },
        _UNIX,
        output="_script.sh\nmade\n",
    ),
    Structure(
        "references-that-nobody-fills-in",
        second(
            {},
            {
                **shell("echo '{{aws:region}} {{ global:DATE_TIME }} {{automation:EXECUTION_ID}}'", onFailure="exit"),
                "maxAttempts": 3,
                "timeoutSeconds": 36000,
            },
        ),
        _UNIX,
        output="{{aws:region}} {{ global:DATE_TIME }} {{automation:EXECUTION_ID}}\n",
    ),
    Structure(
        "a-package-and-then-a-bash-test-under-sh",
        second(
            {},
            {
                "action": "aws:configurePackage",
                "name": "rescue",
                "precondition": WINDOWS,
                "maxAttempts": 3,
                "inputs": {"name": "X", "action": "Install", "version": "latest"},
            },
            {"action": "aws:configurePackage", "name": "agent", "precondition": LINUX, "inputs": {"name": "X"}},
            shell("if [[ no == no ]]; then", "  echo configured", "fi"),
        ),
        EVERYWHERE,
        outcome=[("Success", 0), ("Failed", 1), ("Success", 0)],
        output="configured\n",
    ),
    Structure(
        "a-step-that-ends-the-document-by-its-inputs",
        second({}, shell("#!/bin/bash\nset -o errexit\n\nfalse", onFailure="exit"), {**shell("true"), "name": "last"}),
        _UNIX,
        outcome=[("Failed", 1), ("Success", 0)],
        output="skipped due to prior step with an exit condition",
    ),
    Structure(
        "a-document-of-amazons-that-is-not-here",
        second(
            {"name": _text(default="x")},
            {
                "action": "aws:runDocument",
                "name": "nested",
                "inputs": {
                    "documentType": "SSMDocument",
                    "documentPath": "AmazonCloudWatch-ManageAgent",
                    "documentParameters": '{"action":"configure (append)","mode" : "ec2","location" : {{name}}}',
                },
            },
        ),
        EVERYWHERE,
        [("name", "String", "x")],
        outcome=[("Failed", 1)],
        output="AmazonCloudWatch-ManageAgent",
    ),
    Structure(
        "a-hundred-kilobytes-of-script",
        second({}, elsewhere(), shell("#!/bin/bash", *_LICENCE, "wc -c < $0")),
        EVERYWHERE,
        outcome=[("Success", 0), ("Success", 0)],
        output=f"{sum(len(line) + 1 for line in _LICENCE) + len('#!/bin/bash wc -c < $0 ')}\n",
    ),
]
