from patchgui.ssm.meter import Meter


def test_the_rate_is_that_of_the_last_ten_seconds() -> None:
    now = [0.0]
    meter = Meter(lambda: now[0])
    for _ in range(20):
        meter.count_call()
    assert meter.calls_per_s == 2.0
    now[0] = 9.9
    meter.count_call()
    assert meter.calls_per_s == 2.1
    now[0] = 10.0
    assert meter.calls_per_s == 0.1
    assert meter.calls == 21


def test_troubles_are_counted_apart() -> None:
    meter = Meter()
    meter.count_throttled()
    meter.count_failed()
    meter.count_failed()
    assert (meter.calls, meter.throttled, meter.failed) == (0, 1, 2)
