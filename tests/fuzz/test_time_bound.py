"""A text made to make regular expressions go back and forth takes no longer than its length explains.

Runs of marks without a space between are left out: spaCy's tokenizer looks at the rest of a word for each
mark that it cuts off (5,000 quotation marks in a row take it 47 s under a profiler). Such a document meets
the time limit.
"""

import json
import time

import pytest

from workers.agents.jobs import JobSettings, enrich_job, prepare

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]

SHORT, LONG = 2_000, 16_000  # eight times as long: 8 times the time, or 64 times when it is quadratic
WORTH_BLAMING_S = 2.0
WORST_GROWTH = 20.0
PIECES = (
    "A",
    "aA ",
    " ",
    "\n",
    ". ",
    "- ",
    "“ ",
    '" ',
    "( ",
    "a- ",
    "1, ",
    "A. ",
    "$1 ",
    "the ",
    "said “ ",
    "<a ",
)


@pytest.fixture(scope="module", autouse=True)
def pipeline() -> None:
    prepare(JobSettings(model=None, body_limit_bytes=2 * 2**20, min_score=0.0))


def seconds(piece: str, length: int) -> float:
    """Return the processor time that an article takes whose text is ``piece`` over and over."""
    text = "Mara said it rained. " + (piece * (length // len(piece) + 1))[:length] + " It did."
    value = json.dumps({"article_id": "a", "body": text, "language": "en"}).encode()
    started = time.process_time()
    enrich_job([(b"a", value)])
    return time.process_time() - started


@pytest.mark.parametrize("piece", PIECES)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    longer = seconds(piece, LONG)

    assert longer < WORTH_BLAMING_S or longer / seconds(piece, SHORT) < WORST_GROWTH
