"""What is wrong with a schedule."""


class ScheduleInvalid(ValueError):
    """A schedule that means nothing. ``str()`` says what is wrong and what is allowed, fit for an operator.

    ``field`` is the part that is wrong, as the user guide calls it (``Day-of-month``); empty when it is the whole.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
