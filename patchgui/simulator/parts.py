"""The parts of a running simulator: what its calls reach."""

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field

from patchgui.agent.associations.service import AssociationService
from patchgui.agent.windows.service import WindowService
from patchgui.simulator.faults import FaultBook
from patchgui.simulator.fleet import Fleet
from patchgui.simulator.population import Population
from patchgui.simulator.recent import Recent
from patchgui.simulator.selections import Selections
from patchgui.simulator.sending import CommandSender
from patchgui.simulator.settings import FleetSettings
from patchgui.simulator.shelf import FleetDocuments, FleetTags

_KEPT_TEXTS = 20_000


class HybridNodes:
    """The ids of the nodes whose tags Systems Manager keeps: an instance's are EC2's."""

    def __init__(self, population: Population) -> None:
        self._population = population

    def __contains__(self, instance_id: object) -> bool:
        return instance_id in self._population and str(instance_id).startswith("mi-")


@dataclass
class FleetParts:
    """The parts of a running simulator; ``calls`` counts the requests that came, by call.

    ``node_texts`` are nodes as answers tell them, by number and call, without what changes.
    """

    settings: FleetSettings
    fleet: Fleet
    documents: FleetDocuments
    tags: FleetTags
    nodes: HybridNodes
    selections: Selections
    faults: FaultBook
    commands: CommandSender
    associations: AssociationService
    windows: WindowService
    calls: Counter[str] = field(default_factory=Counter)
    node_texts: Recent[tuple[int, int], str] = field(default_factory=lambda: Recent(_KEPT_TEXTS))

    @property
    def window_ids(self) -> Container[str]:
        """The ids of all maintenance windows."""
        return self.windows.registry
