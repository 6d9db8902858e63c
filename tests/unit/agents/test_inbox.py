"""The inbox: batches form while the loop is busy, and nothing polls."""

import asyncio

from workers.agents.inbox import Inbox


class TestTaking:
    def test_all_that_came_while_the_loop_was_busy_is_one_batch(self) -> None:
        async def scenario() -> None:
            inbox: Inbox[int] = Inbox(10)
            for number in range(5):
                await inbox.put(number)
            assert await inbox.take(0.0) == [0, 1, 2, 3, 4]

        asyncio.run(scenario())

    def test_what_comes_within_the_wait_belongs_to_the_batch(self) -> None:
        async def scenario() -> None:
            inbox: Inbox[int] = Inbox(10)
            await inbox.put(0)
            taking = asyncio.create_task(inbox.take(5.0))
            await asyncio.sleep(0.01)
            for number in range(1, 10):  # the tenth fills it, and ends the wait
                await inbox.put(number)
            assert await asyncio.wait_for(taking, 2.0) == list(range(10))

        asyncio.run(scenario())

    def test_a_batch_that_does_not_fill_up_is_taken_after_the_wait(self) -> None:
        async def scenario() -> None:
            inbox: Inbox[int] = Inbox(10)
            await inbox.put(7)
            assert await asyncio.wait_for(inbox.take(0.01), 2.0) == [7]

        asyncio.run(scenario())

    def test_an_empty_inbox_is_waited_for(self) -> None:
        async def scenario() -> None:
            inbox: Inbox[int] = Inbox(10)
            taking = asyncio.create_task(inbox.take(0.0))
            await asyncio.sleep(0.02)
            assert not taking.done()
            await inbox.put(1)
            assert await asyncio.wait_for(taking, 2.0) == [1]

        asyncio.run(scenario())


class TestPutting:
    def test_whoever_puts_in_more_than_there_is_room_for_waits(self) -> None:
        async def scenario() -> None:
            inbox: Inbox[int] = Inbox(2)
            await inbox.put(1)
            await inbox.put(2)
            putting = asyncio.create_task(inbox.put(3))
            await asyncio.sleep(0.01)
            assert not putting.done()
            assert await inbox.take(0.0) == [1, 2]
            await asyncio.wait_for(putting, 2.0)
            assert await inbox.take(0.0) == [3]

        asyncio.run(scenario())


class TestForgetting:
    def test_what_is_unwanted_is_not_taken_and_the_rest_keeps_its_order(self) -> None:
        async def scenario() -> None:
            inbox: Inbox[int] = Inbox(6)
            for number in range(6):
                await inbox.put(number)
            inbox.forget(lambda number: number % 2 == 0)
            assert await inbox.take(0.0) == [1, 3, 5]

        asyncio.run(scenario())

    def test_a_taker_does_not_get_an_empty_batch_when_all_is_forgotten(self) -> None:
        async def scenario() -> None:
            inbox: Inbox[int] = Inbox(6)
            await inbox.put(1)
            taking = asyncio.create_task(inbox.take(0.02))
            await asyncio.sleep(0.005)
            inbox.forget(lambda _: True)
            await asyncio.sleep(0.05)
            assert not taking.done()
            await inbox.put(2)
            assert await asyncio.wait_for(taking, 2.0) == [2]

        asyncio.run(scenario())

    def test_forgetting_makes_room(self) -> None:
        async def scenario() -> None:
            inbox: Inbox[int] = Inbox(1)
            await inbox.put(1)
            putting = asyncio.create_task(inbox.put(2))
            await asyncio.sleep(0.01)
            inbox.forget(lambda number: number == 1)
            await asyncio.wait_for(putting, 2.0)
            assert await inbox.take(0.0) == [2]

        asyncio.run(scenario())

    def test_what_waits_for_room_is_forgotten_too(self) -> None:
        async def scenario() -> None:
            inbox: Inbox[int] = Inbox(1)
            await inbox.put(1)
            putting = asyncio.create_task(inbox.put(2))
            await asyncio.sleep(0.01)
            inbox.forget(lambda _: True)
            await asyncio.wait_for(putting, 2.0)
            await inbox.put(3)
            assert await inbox.take(0.0) == [3]

        asyncio.run(scenario())
