"""What of a run is kept, and what never reaches the archive."""

from dataclasses import replace

from patchgui.console.archive.redaction import Redactor, kept_parameters, secret_values
from patchgui.console.rows import StepOutput
from patchgui.patching.phases import Phase
from patchgui.patching.progress import NodeProgress, PhaseProgress, PhaseState, StepProgress

SENT = {
    "Operation": ("Install",),
    "PreInstallHookDocName": ("Acme-StopApp:3",),
    "OnExitHookDocName": ("{{ ssm-secure:prod/hook }}",),
    "InstallOverrideList": ("https://bucket.example/list?X-Amz-Signature=abc",),
    "commands": ("mysql --user root", "export DB_PASSWORD=correct-horse", "echo {{ssm-secure:prod/db}}"),
    "dbPassword": ("hunter22", "multi\nline-secret"),
}


def test_only_the_settings_of_a_patch_run_are_kept_of_parameters() -> None:
    assert kept_parameters(SENT) == {
        "Operation": ("Install",),
        "PreInstallHookDocName": ("Acme-StopApp:3",),
        "OnExitHookDocName": ("…",),
        "InstallOverrideList": ("…",),
        "commands": ("…", "…", "…"),
        "dbPassword": ("…", "…"),
    }


def test_a_secret_that_was_handed_to_a_command_is_found_in_what_its_script_wrote() -> None:
    redactor = Redactor(secret_values(SENT))
    said = StepOutput("as correct-horse\nand hunter22\n", "line-secret refused\n", is_complete=True)
    assert redactor.output(said) == StepOutput("as …\nand …\n", "… refused\n", is_complete=True)


def test_a_short_value_does_not_take_words_out_of_every_output() -> None:
    assert secret_values({"password": ("abc",)}) == frozenset()


def test_sentences_of_a_node_that_quote_a_script_hold_no_secret() -> None:
    step = StepProgress("Stop", PhaseState.SKIPPED, skipped_reason="Not started: token=abc123.")
    phase = PhaseProgress(Phase.INSTALL, PhaseState.FAILED, reason="Install failed. login hunter22", steps=(step,))
    phase = replace(phase, said="login hunter22 refused")
    node = NodeProgress("i-1", "web-1", "Failed", "Failed", (phase,), headline="password: geheim")
    clean = Redactor({"hunter22"}).node(node)
    assert clean.headline == "password: …"
    assert clean.phases[0].reason == "Install failed. login …"
    assert clean.phases[0].said == "login … refused"
    assert clean.phases[0].steps[0].skipped_reason == "Not started: token=…"
    assert (clean.name, clean.phases[0].state) == ("web-1", PhaseState.FAILED)
