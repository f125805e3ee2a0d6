"""Everything that may go wrong and is no bug, drawn as one tree.

::

PatchError                      str() is fit for an operator; hint says what to do next; log_detail is for the log
├── TransportError              no answer came: whether the call took effect is unknown
│   ├── Unreachable             no connection could be made, or it broke
│   ├── TimedOut                the answer did not come in time
│   └── TlsRefused              the certificate does not hold
├── ServiceError                the service answered with an error: code, http_status, request_id
│   ├── Throttled               too many calls, or the service is busy: the same call may work later
│   ├── AccessDenied            the principal may not do this; action names the permission that is missing
│   ├── NotFound                what the call names does not exist
│   ├── InvalidInput            the service does not accept a value; field names it where that is known
│   └── Conflict                it exists already, or its state does not allow the call
├── CredentialError             the call cannot be signed, or its signature was refused; command mends it
│   ├── CredentialsMissing      nobody is signed in
│   ├── CredentialsExpired      the session has ended
│   ├── CodeNotGiven            a code of an MFA device is needed, and nobody entered it
│   └── ClockSkew               this machine's clock is off by more than the service allows
├── ProtocolError               an answer came and is not understood
├── StoreError                  what is kept on disk
│   ├── StoreBusy               another process holds it
│   ├── StoreFull               no space, or no right to write
│   ├── StoreCorrupt            it cannot be read; nothing was overwritten
│   └── StoreTooNew             a newer release wrote it
├── StepFailed                  a step on a node ended with exit_code
└── AgentError                  the local agent did not start
├── PortInUse               something else listens there
├── AlreadyRunning          an agent runs on this state folder
└── SandboxUnavailable      what sandbox nodes need is not installed
"""


class PatchError(Exception):
    """Something failed that the operator can be told in words.

    Attributes:
        hint: what to do next, a sentence; may be empty.
        log_detail: what helps whoever reads the log; never shown.
    """

    def __init__(self, message: str, *, hint: str = "", log_detail: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.log_detail = log_detail

    @property
    def is_outcome_known(self) -> bool:
        """Whether it is certain that the call did nothing. If not, look before it is made again."""
        return True


class TransportError(PatchError):
    """No answer came. The call may have taken effect all the same."""

    @property
    def is_outcome_known(self) -> bool:
        """False: the service may have seen the call."""
        return False


class Unreachable(TransportError):
    """No connection could be made, or it broke before the answer was complete.

    ``was_sent`` is false when it is certain that the service never saw the call.
    """

    def __init__(self, message: str, *, hint: str = "", log_detail: str = "", was_sent: bool = True) -> None:
        super().__init__(message, hint=hint, log_detail=log_detail)
        self.was_sent = was_sent

    @property
    def is_outcome_known(self) -> bool:
        """True when the call never left this machine."""
        return not self.was_sent


class TimedOut(TransportError):
    """The answer did not come in time."""


class TlsRefused(TransportError):
    """The other side's certificate does not hold, so nothing was sent."""

    @property
    def is_outcome_known(self) -> bool:
        """True: the call never left this machine."""
        return True


class ServiceError(PatchError):
    """The service answered with an error.

    Attributes:
        code: the service's name for it, such as ``InvalidDocument``.
        http_status: the status of the HTTP answer.
        request_id: what support at AWS asks for; may be empty.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        http_status: int = 0,
        request_id: str = "",
        hint: str = "",
        log_detail: str = "",
    ) -> None:
        super().__init__(message, hint=hint, log_detail=log_detail)
        self.code = code
        self.http_status = http_status
        self.request_id = request_id

    @property
    def is_outcome_known(self) -> bool:
        """True for a refusal; a service that failed may have done the work, or a part of it, before."""
        return self.http_status < 500


class Throttled(ServiceError):
    """Too many calls at a time, or a service that is busy. The same call may work later."""

    @property
    def is_outcome_known(self) -> bool:
        """True: the service turned the call away before it looked at it."""
        return True


class AccessDenied(ServiceError):
    """The principal is known and may not do this. ``action`` is the permission it lacks, as in ``ssm:SendCommand``."""

    action: str = ""


class NotFound(ServiceError):
    """What the call names does not exist."""


class InvalidInput(ServiceError):
    """The service does not accept a value. ``field`` is its path in the request, empty when the service names none."""

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        code: str = "",
        http_status: int = 0,
        request_id: str = "",
        hint: str = "",
        log_detail: str = "",
    ) -> None:
        super().__init__(
            message, code=code, http_status=http_status, request_id=request_id, hint=hint, log_detail=log_detail
        )
        self.field = field


class Conflict(ServiceError):
    """It exists already, or its state does not allow the call."""


class CredentialError(PatchError):
    """The call cannot be signed, or its signature was refused.

    ``command`` is what the operator types in a terminal to mend it, empty when no command does; the hint says it too.
    """

    def __init__(self, message: str, *, hint: str = "", log_detail: str = "", command: str = "") -> None:
        super().__init__(message, hint=hint, log_detail=log_detail)
        self.command = command


class CredentialsMissing(CredentialError):
    """Nobody is signed in."""


class CredentialsExpired(CredentialError):
    """The session has ended; signing in again lets everything go on where it stands."""


class CodeNotGiven(CredentialError):
    """A code of an MFA device is needed, and nobody entered it: not wanted, too late, or nobody to ask."""


class ClockSkew(CredentialError):
    """This machine's clock is off by more than the service allows (five minutes). ``said`` are the service's words."""

    def __init__(
        self, message: str, *, hint: str = "", log_detail: str = "", command: str = "", said: str = ""
    ) -> None:
        super().__init__(message, hint=hint, log_detail=log_detail, command=command)
        self.said = said


class ProtocolError(PatchError):
    """An answer came and is not understood."""

    @property
    def is_outcome_known(self) -> bool:
        """False: it may have been the answer to a success."""
        return False


class StoreError(PatchError):
    """What is kept on disk cannot be read or written."""


class StoreBusy(StoreError):
    """Another process holds the store."""


class StoreFull(StoreError):
    """There is no space left, or no right to write."""


class StoreCorrupt(StoreError):
    """The store cannot be read. It was left as it is."""


class StoreTooNew(StoreError):
    """A newer release wrote the store; this one does not touch it."""


class StepFailed(PatchError):
    """A step on a node ended with ``exit_code``."""

    def __init__(self, message: str, *, exit_code: int, hint: str = "", log_detail: str = "") -> None:
        super().__init__(message, hint=hint, log_detail=log_detail)
        self.exit_code = exit_code


class AgentError(PatchError):
    """The local agent did not start."""


class PortInUse(AgentError):
    """Something else listens on the port that the agent was told to use."""


class AlreadyRunning(AgentError):
    """An agent runs on this state folder; the message names its process and its address."""


class SandboxUnavailable(AgentError):
    """What sandbox nodes need is not installed; the hint is the command that installs it."""
