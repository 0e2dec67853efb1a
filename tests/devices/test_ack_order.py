"""However work finishes, acknowledgements leave in the order of arrival."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devices.ack_order import AckOrder
from devices.ports import Delivery


def delivery(mid: int) -> Delivery:
    return Delivery("t", b"", 1, False, 1, mid)


@given(st.integers(1, 30).flatmap(lambda n: st.permutations(range(n))))
def test_acknowledgements_leave_in_the_order_of_arrival(finished: list[int]) -> None:
    order = AckOrder()
    for mid in range(len(finished)):
        order.arrived(delivery(mid))

    left = [ready.mid for mid in finished for ready in order.done(delivery(mid))]

    assert left == sorted(finished)


def test_nothing_of_an_ended_connection_leaves() -> None:
    order = AckOrder()
    order.arrived(delivery(1))
    order.forget()

    assert order.done(delivery(1)) == ()
