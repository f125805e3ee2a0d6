from patchgui.agent.supervisor.backoff import FIRST_S, LONGEST_S, STEADY_S, Backoff


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_worker_that_ends_once_is_started_again_at_once() -> None:
    assert Backoff(Time()).next_s() == 0.0


def test_a_worker_that_keeps_ending_is_started_less_and_less_often() -> None:
    backoff = Backoff(Time())

    waits = [backoff.next_s() for _ in range(20)]

    assert waits[:4] == [0.0, FIRST_S, 2 * FIRST_S, 4 * FIRST_S]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_S


def test_a_worker_that_got_something_done_has_not_failed() -> None:
    backoff = Backoff(Time())
    for _ in range(9):
        backoff.next_s()

    backoff.progressed()

    assert backoff.next_s() == 0.0


def test_a_worker_that_ran_for_a_while_starts_with_a_clean_slate() -> None:
    time = Time()
    backoff = Backoff(time)
    backoff.next_s()
    backoff.next_s()

    backoff.started()
    time.now += STEADY_S

    assert backoff.next_s() == 0.0
