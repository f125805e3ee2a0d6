"""The grammar of the command line, and what it says when asked for help."""

import argparse
from pathlib import Path

from patchgui import __version__

MOST_RUNS = 100
"""So many coming runs of windows can be asked for."""

_EPILOG = """\
examples:
  patchgui                                    open the console; without a display, patch the sandbox here
  patchgui run --all --operation Scan         scan every node
  patchgui run --nodes web-1,web-2 --operation Install --reboot RebootIfNeeded \\
      --before-install PatchingDemo-StopAppGracefully --after-install PatchingDemo-UpdateApp \\
      --on-exit PatchingDemo-StartAppandVerify
  patchgui runs                               list runs; patchgui watch RUN follows one again
  patchgui --connection Staging               open the console on a connection that was set up in it
  patchgui connections test Staging           say who is signed in there, and whether it answers
  patchgui windows next                       say when the maintenance windows open
  patchgui windows edit-task BlogPostDemo PatchingTask --document AWS-RunPatchBaselineWithHooks \\
      --before-install PatchingDemo-StopAppGracefully
                                              put a hook into a task, after showing what that changes
  patchgui history list status:failed since:7d
                                              find runs in the archive; history show, export and compare tell more
  patchgui reset                              bring the sandbox nodes back to their unpatched state

exit status: 0 every node ended in success · 1 it did not · 2 it could not be done · 130 detached
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of everything but ``agent`` and ``demo-fleet``, which have their own."""
    parser = argparse.ArgumentParser(
        prog="patchgui",
        description="Patch Now: patches servers with lifecycle hooks, on AWS Systems Manager or on this machine.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"patchgui {__version__}")
    _add_place(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_run(commands.add_parser("run", help="patch or scan nodes and watch every phase"))
    _add_runs(commands.add_parser("runs", help="list runs"))
    _add_history(commands.add_parser("history", help="find runs in the archive, show, export or compare them"))
    _add_one_run(commands.add_parser("watch", help="follow a run until it has ended"), is_json=True)
    _add_one_run(commands.add_parser("cancel", help="cancel a run"), is_json=False)
    _add_place(commands.add_parser("reset", help="bring the sandbox nodes back to their unpatched state"))
    _add_connections(commands.add_parser("connections", help="list connections, or try them"))
    _add_windows(commands.add_parser("windows", help="list maintenance windows, show one, or tell when they open"))
    _add_document(commands.add_parser("document", help="run a document file here, without an agent"))
    commands.add_parser("agent", help="serve the SSM API on loopback (patchgui agent --help)", add_help=False)
    commands.add_parser("demo-fleet", help="serve a synthetic fleet (patchgui demo-fleet --help)", add_help=False)
    return parser


def _add_place(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where (default: the embedded agent's sandbox)")
    # SUPPRESS: an option given before the command is not undone by the default of the same option after it.
    hidden = argparse.SUPPRESS
    group.add_argument("--state-dir", type=Path, metavar="DIR", default=hidden, help="the embedded agent's folder")
    group.add_argument(
        "--local", choices=("sandbox", "this-machine"), default=hidden, help="what the embedded agent patches"
    )
    group.add_argument("--connection", metavar="LABEL", default=hidden, help="a connection that was set up before")
    group.add_argument("--endpoint-url", metavar="URL", default=hidden, help="another endpoint that speaks SSM")
    group.add_argument("--profile", default=hidden, help="a profile of the AWS tools")
    group.add_argument("--region", default=hidden, help="an AWS region")


def _add_output(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--s3-bucket", metavar="NAME", default="", help="keeps the whole output of every step")
    group.add_argument("--s3-prefix", metavar="PREFIX", default="", help="the folder in the bucket")
    group.add_argument("--log-group", metavar="NAME", help="the group of CloudWatch Logs that gets the output")
    group.add_argument("--topic", metavar="ARN", default="", help="the SNS topic that is told of every change")
    group.add_argument("--topic-role", metavar="ARN", default="", help="the role that SSM takes to publish on it")


def _add_run(parser: argparse.ArgumentParser) -> None:
    who = parser.add_argument_group("who")
    picked = who.add_mutually_exclusive_group(required=True)
    picked.add_argument("--nodes", metavar="A,B", help="nodes by name or id")
    picked.add_argument(
        "--target", action="append", metavar="tag:KEY=VALUE", help="nodes by tag; given twice, both must hold"
    )
    picked.add_argument("--all", action="store_true", help="every managed node")
    what = parser.add_argument_group("what")
    what.add_argument("--operation", choices=("Scan", "Install"), required=True)
    what.add_argument("--reboot", choices=("RebootIfNeeded", "NoReboot"), default="RebootIfNeeded")
    what.add_argument(
        "--reboot-at", metavar="WHEN", help="do not reboot, but at that time: 03:00, or '2026-11-27 03:00', your time"
    )
    what.add_argument("--after-reboot", metavar="DOC", help="document to run after the reboot of --reboot-at")
    _add_hooks(what)
    how = parser.add_argument_group("how")
    how.add_argument("--max-concurrency", metavar="N|N%", help="nodes at one time (default: Patch Now's own rate)")
    how.add_argument("--max-errors", metavar="N|N%", help="errors after which no further node is started")
    how.add_argument("--delivery-timeout-s", type=int, default=600, metavar="S", help="wait for a node (default: 600)")
    how.add_argument(
        "--confirm", metavar="LABEL", default="", help="name a guarded connection once more, to install there"
    )
    _add_output(parser.add_argument_group("output and notification, on AWS"))
    how.add_argument("--reset-sandbox", action="store_true", help="reset the sandbox nodes first")
    how.add_argument("--json", action="store_true", help="print the result as one JSON object and nothing else")
    _add_place(parser)


def _add_hooks(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--before-install", metavar="DOC", help="document to run before the install; DOC:3 pins a version"
    )
    group.add_argument("--after-install", metavar="DOC", help="document to run after it, before a reboot")
    group.add_argument("--on-exit", metavar="DOC", help="document to run at the end, whatever happened")


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many (default: 20)")
    parser.add_argument("--json", action="store_true", help="print the list as JSON")
    _add_place(parser)


def _add_history(parser: argparse.ArgumentParser) -> None:
    _add_place(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    parser.set_defaults(verb="list", json=False, words=(), limit=20, after="")
    one = verbs.add_parser("list", help="list archived runs of all connections, newest first", epilog=_QUERY)
    one.add_argument("words", metavar="WORD", nargs="*", help='what to look for: status:failed node:web-2 "exit 100"')
    one.add_argument("--limit", type=_count, default=20, metavar="N", help="at most so many (default: 20)")
    one.add_argument("--after", metavar="CURSOR", default="", help="go on after the end of an earlier list")
    shown = verbs.add_parser("show", help="tell how a run went, and why nodes failed")
    shown.add_argument("run_id", metavar="RUN", help="a run's id, as patchgui history list tells it")
    exported = verbs.add_parser("export", help="write a report of runs: a web page, a table or JSON")
    exported.add_argument("run_ids", metavar="RUN", nargs="+", help="ids of runs")
    exported.add_argument("--to", type=_writable, default=Path(), metavar="PATH", help="file or folder; - prints it")
    exported.add_argument("--form", choices=("html", "csv", "json"), help="default: as PATH ends, or html")
    compared = verbs.add_parser("compare", help="tell what is different between two runs")
    compared.add_argument("first", metavar="RUN", help="the id of a run")
    compared.add_argument("second", metavar="RUN", help="the id of the run to compare it with")
    imported = verbs.add_parser("import", help="archive the runs that a connection remembers")
    for each in (one, shown, compared, imported):
        each.add_argument("--json", action="store_true", help="print it as JSON (docs/json.md)")
    for each in (one, shown, exported, compared, imported):
        _add_place(each)


_QUERY = 'words: status: connection: by: doc: node: phase: since: until:, free text and "quoted phrases"'


def _add_one_run(parser: argparse.ArgumentParser, *, is_json: bool) -> None:
    parser.add_argument("run_id", metavar="RUN", help="a run's id, as patchgui runs lists it, or an SSM command id")
    if is_json:
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
    _add_place(parser)


def _add_connections(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", nargs="?", choices=("list", "test"), default="list", help="what to do (default: list)")
    parser.add_argument("label", nargs="?", default="", metavar="LABEL", help="only this one (default: all set up)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    _add_place(parser)


def _add_windows(parser: argparse.ArgumentParser) -> None:
    _add_place(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs")
    parser.set_defaults(verb="list", json=False)
    for verb, told in (("list", "list all"), ("show", "show one whole"), ("next", "tell the next times they open")):
        one = verbs.add_parser(verb, help=told)
        if verb != "list":
            words = "a window's name or id" if verb == "show" else "a window's name or id (default: all)"
            one.add_argument("name", metavar="WINDOW", nargs=None if verb == "show" else "?", default="", help=words)
        if verb == "next":
            one.add_argument("--limit", type=_count, default=10, metavar="N", help="at most so many (default: 10)")
        one.add_argument("--json", action="store_true", help="print it as JSON")
        _add_place(one)
    _add_edit_task(verbs.add_parser("edit-task", help="change a task, after showing what that changes"))


def _add_edit_task(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="WINDOW", help="a window's name or id")
    parser.add_argument("task", metavar="TASK", help="a task's name or id")
    what = parser.add_argument_group("what it runs")
    what.add_argument("--document", metavar="DOC", help="another document; DOC:3 pins a version")
    _add_hooks(what)
    what.add_argument(
        "--set",
        action="append",
        dest="parameters",
        type=_parameter,
        metavar="NAME=VALUE",
        help="a parameter of the document; given again for one name, it has several values",
    )
    what.add_argument("--unset", action="append", metavar="NAME", help="leave a parameter to the document's default")
    how = parser.add_argument_group("how (an empty text takes a field away)")
    how.add_argument("--priority", type=int, metavar="N", help="smaller numbers start first")
    how.add_argument("--max-concurrency", metavar="N|N%", help="nodes at one time")
    how.add_argument("--max-errors", metavar="N|N%", help="errors after which no further node is started")
    how.add_argument(
        "--cutoff-behavior", choices=("CONTINUE_TASK", "CANCEL_TASK"), help="what becomes of it when no time is left"
    )
    how.add_argument("--delivery-timeout-s", type=int, metavar="S", help="wait for a node")
    how.add_argument("--service-role", metavar="ARN", help="the role that the task runs with")
    how.add_argument("--comment", metavar="TEXT", help="the comment of its commands")
    how.add_argument("--name", dest="new_name", metavar="NAME", help="another name")
    how.add_argument("--description", metavar="TEXT", help="what it is for")
    parser.add_argument("--yes", action="store_true", help="save without asking")
    parser.add_argument("--confirm", metavar="LABEL", default="", help="name a guarded connection once more")
    parser.add_argument("--json", action="store_true", help="print the difference as one JSON object and nothing else")
    _add_place(parser)


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text} is no NAME=VALUE")
    return name, value


def _writable(text: str) -> Path | None:
    return None if text == "-" else Path(text)


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST_RUNS:
        raise argparse.ArgumentTypeError(f"{text} is none of 1 to {MOST_RUNS}")
    return number


def _add_document(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    run = verbs.add_parser("run", help="run a document file here, as you, at once")
    run.add_argument("file", type=Path, metavar="FILE", help="a command document, JSON or YAML")
    run.add_argument("--parameters", default="{}", metavar="JSON", help="its parameters as a JSON object")
    run.add_argument(
        "--agent-version", metavar="V", help="run it as this release of Amazon's agent would: 3.3.0.0 knows no ENV_VAR"
    )
    run.add_argument("--json", action="store_true", help="print the result as one JSON object")
