"""The answer "no" of the agent's API, with the code that AWS uses for it."""

from http import HTTPStatus


class Refusal(Exception):
    """A request that the agent does not carry out.

    ``code`` is the name of the exception in Systems Manager's service model
    (``InvalidDocument``), ``message`` the text that the client shows.
    """

    def __init__(self, code: str, message: str = "", *, http_status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.http_status = int(http_status)
