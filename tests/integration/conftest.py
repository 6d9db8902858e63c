"""A broker that lets nobody in unproven, once for the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.protected import Protected, protected_kafka
from tests.support.stack import make_topics


@pytest.fixture(scope="session")
def protected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Protected]:
    """The broker with every topic; its users have no rights until a test gives them some."""
    folder: Path = tmp_path_factory.mktemp("protected")
    with protected_kafka(folder) as found:
        make_topics(found.plain)
        yield found
