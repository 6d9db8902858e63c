"""The webhook target against a real HTTP server on this machine that fails in every way."""

import base64
import hashlib
import hmac
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import an_alert
from tests.support.forwarding import SECRET_TEXT, Ground, a_ground, an_alert_record, run, webhook_to
from tests.support.receivers import PATH, Bad, Post, a_receiver
from workers.agents.forward_http import Refused, TryAgain, judge
from workers.agents.forward_retry import Delivered, Failed
from workers.broker.ports import LOOPBACK, free_ports
from workers.domain.alert import AlertType
from workers.domain.outcome import RejectReason
from workers.wire.messages import encode_alert
from workers.wire.webhook import event_id, read_secrets, signed_headers

PAGE = Path(__file__).resolve().parents[3] / "docs" / "forwarding.md"


def verified(post: Post) -> bool:
    """Check a post as Standard Webhooks says, with nothing of claimwire."""
    key = base64.b64decode(SECRET_TEXT.removeprefix("whsec_"))
    signed = f"{post.headers['webhook-id']}.{post.headers['webhook-timestamp']}.".encode() + post.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in post.headers["webhook-signature"].split()


def test_the_receiver_gets_the_record_byte_for_byte_as_a_signed_cloud_event() -> None:
    async def body() -> None:
        alert = an_alert()
        async with a_receiver() as receiver, a_ground(webhook_to(receiver.url)) as ground:
            ground.submit(alert)
            assert await ground.answered() == [Delivered(1)]

        (post,) = receiver.posts
        value, headers = encode_alert(alert)
        assert post.body == value
        assert post.headers["ce-id"] == dict(headers)["ce_id"].decode() == event_id(alert)
        assert post.headers["webhook-id"] == post.headers["idempotency-key"] == post.headers["ce-id"]
        assert post.headers["ce-type"] == "news.alert.v1"
        assert post.headers["content-type"] == "application/json"
        assert verified(post)

    run(body)


def test_a_changed_body_does_not_verify() -> None:
    async def body() -> None:
        async with a_receiver() as receiver, a_ground(webhook_to(receiver.url)) as ground:
            ground.submit(an_alert())
            await ground.answered()

        (post,) = receiver.posts
        assert verified(post)
        assert not verified(replace(post, body=post.body + b" "))

    run(body)


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    secrets = read_secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert not isinstance(secrets, str)
    headers = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek"}

    signed = signed_headers(headers, b'{"test": 2432232314}', secrets, 1614265330)

    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_sign_side_by_side_while_one_takes_over_from_the_other() -> None:
    secrets = read_secrets(f"{SECRET_TEXT}\nwhsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    assert not isinstance(secrets, str)

    signed = signed_headers({"webhook-id": "x"}, b"{}", secrets, 1614265330)

    assert len(signed["webhook-signature"].split()) == 2


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_c2hvcnQ=", "c2VjcmV0IHdpdGhvdXQgYSBwcmVmaXggLi4u", "whsec_?"]
)
def test_a_secret_that_is_none_is_refused_without_telling_it(text: str) -> None:
    problem = read_secrets(text)

    assert isinstance(problem, str)
    assert len(text) < 8 or text not in problem


FAILURES: list[tuple[list[object], list[float]]] = [
    ([500], [1.0]),
    ([500, 502, 503, 504], [1.0, 2.0, 4.0, 8.0]),
    ([429], [1.0]),
    ([408], [1.0]),
    ([(429, {"retry-after": "120"})], [120.0]),
    ([(503, {"retry-after": "Thu, 24 Oct 2024 12:01:30 GMT"})], [90.0]),
    ([(503, {"retry-after": "soon"})], [1.0]),
    ([Bad.DROP, Bad.DROP], [1.0, 2.0]),
    ([500] * 8, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]),
]


@pytest.mark.parametrize(("failures", "pauses"), FAILURES, ids=[str(failures) for failures, _ in FAILURES])
def test_what_may_pass_is_tried_again_after_growing_pauses_or_the_one_asked_for(
    failures: list[object], pauses: list[float]
) -> None:
    async def body() -> None:
        async with a_receiver() as receiver, a_ground(webhook_to(receiver.url)) as ground:
            receiver.answers(*failures)  # type: ignore[arg-type]
            ground.submit(an_alert())

            assert await ground.answered() == [Delivered(len(failures) + 1)]
            assert ground.time.slept == pauses
            assert len(set(receiver.ids())) == 1
            assert all(verified(post) for post in receiver.posts)

    run(body)


def test_each_attempt_is_signed_with_its_own_time() -> None:
    async def body() -> None:
        async with a_receiver([500]) as receiver, a_ground(webhook_to(receiver.url)) as ground:
            ground.submit(an_alert())
            await ground.answered()

        first, second = (int(post.headers["webhook-timestamp"]) for post in receiver.posts)
        assert second == first + 1

    run(body)


def test_a_receiver_that_does_not_answer_is_left_and_tried_again() -> None:
    async def body() -> None:
        async with (
            a_receiver([Bad.SILENCE]) as receiver,
            a_ground(webhook_to(receiver.url), patience=0.2) as ground,
        ):
            ground.submit(an_alert())

            assert await ground.answered() == [Delivered(2)]
            assert ground.value("claimwire_forward_retries_total", target="webhook", cause="timeout") == 1

    run(body)


def test_a_receiver_that_is_away_is_waited_for() -> None:
    async def body() -> None:
        (port,) = free_ports(1)
        async with a_ground(webhook_to(f"http://{LOOPBACK}:{port}{PATH}")) as ground:
            ground.submit(an_alert())
            await ground.until(lambda: len(ground.time.slept) >= 3)
            async with a_receiver(port=port) as receiver:
                (result,) = await ground.answered()

        assert isinstance(result, Delivered)
        assert result.attempts >= 4
        assert len(receiver.posts) == 1

    run(body)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422, 301, 307])
def test_what_is_refused_is_a_dead_letter_at_once(status: int) -> None:
    async def body() -> None:
        async with a_receiver([status]) as receiver, a_ground(webhook_to(receiver.url)) as ground:
            ground.submit(an_alert())
            (result,) = await ground.answered()

        assert isinstance(result, Failed)
        assert result.reject.reason is RejectReason.DELIVERY_REFUSED
        assert result.reject.attempts == 1
        assert f"HTTP {status}" in result.reject.detail
        assert "said so" in result.reject.detail
        assert len(receiver.posts) == 1

    run(body)


def test_what_never_passes_is_given_up_in_time() -> None:
    async def body() -> None:
        async with a_receiver() as receiver, a_ground(webhook_to(receiver.url), give_up=30.0) as ground:
            receiver.rule = lambda _: 500
            ground.submit(an_alert())
            (result,) = await ground.answered()

        assert isinstance(result, Failed)
        assert result.reject.reason is RejectReason.DELIVERY_FAILED
        assert result.reject.attempts == 5
        assert ground.time.slept == [1.0, 2.0, 4.0, 8.0]

    run(body)


def test_the_records_of_one_alert_arrive_in_their_order_and_other_alerts_do_not_wait() -> None:
    async def body() -> None:
        stuck = [an_alert(sequence=number) for number in range(3)]
        others = [an_alert(alert_key=f"other-{number}") for number in range(20)]
        async with a_receiver() as receiver, a_ground(webhook_to(receiver.url), patience=0.5) as ground:
            first = event_id(stuck[0])
            blocked = [Bad.SILENCE]
            receiver.rule = lambda post: (
                blocked.pop() if blocked and post.headers["webhook-id"] == first else None
            )
            for alert in (*stuck, *others):
                ground.submit(alert)
            await ground.answered(23)

        ids = receiver.ids()
        in_order = [each for each in ids if each in {event_id(alert) for alert in stuck}]
        assert in_order == [event_id(stuck[0]), *(event_id(alert) for alert in stuck)]
        answered = [job.alert.alert_key for job, _ in ground.answers]
        assert set(answered[: answered.index(stuck[0].alert_key)]) >= {"other-0"}

    run(body)


def test_no_log_line_or_reason_tells_the_address_or_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    async def body() -> None:
        caplog.set_level(logging.DEBUG)
        (port,) = free_ports(1)
        url = f"http://user:PASSW0RD@{LOOPBACK}:{port}{PATH}"
        details = []
        for make in (webhook_to(url), webhook_to("http://no such host/" + PATH)):
            async with a_ground(make, give_up=3.0) as ground:
                ground.submit(an_alert())
                (result,) = await ground.answered()
                assert isinstance(result, Failed)
                details.append(result.reject.detail)
        told = "\n".join([*details, caplog.text])
        assert details
        for secret in ("PASSW0RD", "T0KEN-IN-PATH", SECRET_TEXT):
            assert secret not in told

    run(body)


def test_an_answer_is_judged_by_its_status_alone() -> None:
    assert isinstance(judge(404, "Not Found", None), Refused)
    assert judge(503, "", 7.0) == TryAgain(judge(500, "", None).cause, "HTTP 503", 7.0)  # type: ignore[union-attr]


def test_the_check_in_the_documentation_accepts_what_is_sent_and_refuses_what_was_changed(
    tmp_path: Path,
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[:1]
    alert = an_alert(alert_type=AlertType.UPDATE)

    async def body(use: Callable[[Ground], None]) -> Post:
        async with a_receiver() as receiver, a_ground(webhook_to(receiver.url)) as ground:
            use(ground)
            await ground.answered()
        return receiver.posts[0]

    posts: list[Post] = []

    async def collect() -> None:
        posts.append(await body(lambda ground: ground.submit(alert)))

    run(collect)
    (post,) = posts
    now = int(post.headers["webhook-timestamp"])

    assert _ran(tmp_path, code, post.headers, post.body, now)
    assert not _ran(tmp_path, code, post.headers, post.body + b" ", now)
    assert not _ran(tmp_path, code, post.headers, post.body, now + 301)


def _ran(folder: Path, code: str, headers: dict[str, str], body: bytes, now: int) -> bool:
    """Run the page's ``verify`` in a Python of its own."""
    script = folder / "verify.py"
    call = f"print(verify({headers!r}, {body!r}, {SECRET_TEXT!r}, now={now}))"
    script.write_text(f"{code}\n{call}\n")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.lower()) is True


def test_a_record_of_the_tests_is_what_the_worker_publishes() -> None:
    record = an_alert_record(an_alert(), at=an_alert().starts_at + timedelta(seconds=1))

    assert dict(record.headers)["ce_id"].decode() == event_id(an_alert())
