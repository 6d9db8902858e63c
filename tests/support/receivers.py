"""A web server on this machine that answers as a test tells it to, also badly."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum, auto

from aiohttp import web

from workers.broker.ports import LOOPBACK

PATH = "/hooks/T0KEN-IN-PATH"


class Bad(StrEnum):
    """Ways to answer that are no answer."""

    DROP = auto()
    SILENCE = auto()


Behaviour = int | Bad | tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Post:
    """A request as it came in."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers with ``behaviours`` one after the other, then with 200; remembers every post."""

    url: str = ""
    behaviours: list[Behaviour] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    rule: Callable[[Post], Behaviour | None] = lambda _: None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def answers(self, *behaviours: Behaviour) -> None:
        """Set what the next posts are answered with."""
        self.behaviours = list(behaviours)

    def ids(self) -> list[str]:
        """Return the event ids in the order of the posts."""
        return [post.headers["webhook-id"] for post in self.posts]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one post."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        post = Post(headers, await request.read())
        self.posts.append(post)
        behaviour = self.rule(post) or (self.behaviours.pop(0) if self.behaviours else 200)
        if behaviour is Bad.DROP:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if behaviour is Bad.SILENCE:
            await self._over.wait()
            return web.Response()
        status, extra = behaviour if isinstance(behaviour, tuple) else (int(behaviour), {})
        return web.Response(status=status, headers=extra, text="said so")

    def close(self) -> None:
        """Let silent handlers end."""
        self._over.set()


@asynccontextmanager
async def a_receiver(behaviours: Iterable[Behaviour] = (), port: int = 0) -> AsyncIterator[Receiver]:
    """Run a receiver on a free port, or on ``port``."""
    receiver = Receiver(behaviours=list(behaviours))
    application = web.Application()
    application.router.add_post(PATH, receiver.handle)
    runner = web.AppRunner(application, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, LOOPBACK, port)
    await site.start()
    server = site._server
    assert isinstance(server, asyncio.Server)
    receiver.url = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}{PATH}"
    try:
        yield receiver
    finally:
        receiver.close()
        await runner.cleanup()
