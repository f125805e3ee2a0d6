"""Takes secrets out of a run before it reaches the archive's file: out of parameters, sentences and output.

Systems Manager's service model marks the parameters of a command as sensitive: their values are kept only where they
are settings of a patch run. Everything else that is kept is text of documents and scripts, which goes through the same
sieve as texts that are logged, and a secret that was handed to a command as a parameter is found in its output again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from patchgui.console.rows import StepOutput
from patchgui.patching.progress import NodeProgress, PhaseProgress, StepProgress
from patchgui.ssm.redaction import MARK, masked, names_secret, refers_to_secret, secrets_named_in

_SETTINGS = frozenset(
    {
        "Operation",
        "RebootOption",
        "SnapshotId",
        "PreInstallHookDocName",
        "PostInstallHookDocName",
        "OnExitHookDocName",
        "PostRebootHookDocName",
    }
)
"""Parameters of Amazon's patch documents whose values say what a run does, and can be no secret."""
_SHORTEST = 6
"""A shorter value is found in every output, and guessed before it is read."""


def kept_parameters(parameters: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return a command's parameters as they may be kept: every name, and the values of a patch run's settings."""
    return {
        name: tuple(
            value if name in _SETTINGS and not refers_to_secret(value) and masked(value) == value else MARK
            for value in values
        )
        for name, values in parameters.items()
    }


def secret_values(parameters: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return what parameters hold of secrets: values whose names say so, and what a script sets such a name to."""
    found: set[str] = set()
    for name, values in parameters.items():
        for value in values:
            found |= {value, *value.splitlines()} if names_secret(name) else secrets_named_in(value)
    return frozenset(each for each in found if len(each) >= _SHORTEST)


class Redactor:
    """What is taken out of one run. ``secrets`` are values that were handed to its commands."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest first: a secret may begin with another one.
        self._secrets = tuple(sorted(secrets, key=len, reverse=True))
        # Thousands of nodes say the same few sentences.
        self._sentence = lru_cache(maxsize=4096)(self.text)

    def text(self, text: str) -> str:
        """Return a text of any length with its lines as they are."""
        for secret in self._secrets:
            text = text.replace(secret, MARK)
        return masked(text) if text else text

    def output(self, output: StepOutput) -> StepOutput:
        """Return what a step wrote, without secrets."""
        return replace(output, stdout=self.text(output.stdout), stderr=self.text(output.stderr))

    def node(self, node: NodeProgress) -> NodeProgress:
        """Return a node of the run whose sentences, which quote scripts, hold no secret."""
        return replace(
            node, headline=self._sentence(node.headline), phases=tuple(self._phase(phase) for phase in node.phases)
        )

    def _phase(self, phase: PhaseProgress) -> PhaseProgress:
        return replace(
            phase,
            reason=self._sentence(phase.reason),
            steps=tuple(self._step(each) for each in phase.steps),
            said=self._sentence(phase.said) if phase.said else phase.said,
        )

    def _step(self, step: StepProgress) -> StepProgress:
        if not step.skipped_reason:
            return step
        return replace(step, skipped_reason=self._sentence(step.skipped_reason))
