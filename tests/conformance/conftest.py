"""Says at the end of a test run how many recorded cases agree."""

import pytest

_CASE = "test_cases.py::test_case_ends_as_on_the_real_engine["


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = {
        outcome: sum(_CASE in report.nodeid for report in terminalreporter.getreports(outcome))
        for outcome in ("passed", "failed")
    }
    if total := sum(counts.values()):
        terminalreporter.write_line(f"conformance: {counts['passed']} of {total} recorded cases agree")
