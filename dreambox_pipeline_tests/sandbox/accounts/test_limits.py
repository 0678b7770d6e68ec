"""Rate limits on the sandbox's clock."""

import pytest

from dreambox_pipeline.sandbox.testing import running_sandbox
from dreambox_pipeline_tests.sandbox.conftest import Account


def test_the_41st_call_of_a_minute_locks_the_endpoint_for_five_minutes() -> None:
    """Other endpoints stay open; the lock ends by itself."""
    with running_sandbox(rate_limits=True) as sandbox:
        account = Account(sandbox)
        codes = [account.get("/business/get/")["code"] for _ in range(41)]
        assert codes == [0] * 40 + [40100]
        assert account.get("/business/video/settings/")["code"] == 0
        sandbox.advance(120)
        assert account.get("/business/get/")["code"] == 40100
        sandbox.advance(181)
        assert account.get("/business/get/")["code"] == 0
        account.http.close()


def test_publishing_is_limited_to_six_a_minute_and_fifteen_a_day() -> None:
    """Both limits answer 40100; the day's limit ends at midnight UTC."""
    with running_sandbox(rate_limits=True) as sandbox:
        account = Account(sandbox)

        def publish() -> int:
            url = "http://127.0.0.1:9/nothing.mp4"
            return account.post("/business/video/publish/", video_url=url, post_info={})["code"]

        codes = [publish() for _ in range(7)]
        assert codes == [0] * 6 + [40100]
        for _ in range(3):
            sandbox.advance(361)
            codes += [publish() for _ in range(3)]
        assert codes[7:] == [0] * 9
        sandbox.advance(61)
        assert publish() == 40100
        sandbox.advance(16 * 3600)
        account.log_in()
        assert publish() == 0
        account.http.close()


@pytest.mark.parametrize("switched", [True, False])
def test_limits_can_be_switched_while_running(switched: bool) -> None:  # noqa: FBT001 - pytest
    """Control turns them on and off."""
    with running_sandbox() as sandbox:
        account = Account(sandbox)
        url = sandbox.info["control_url"] + "/switches"
        assert account.http.post(url, json={"rate_limits": switched}).status_code == 200
        codes = {account.get("/business/video/settings/")["code"] for _ in range(41)}
        assert codes == ({0, 40100} if switched else {0})
        account.http.close()


def test_the_601st_call_of_the_app_locks_all_endpoints() -> None:
    """Whatever the endpoints, and calls without an account count as well."""
    with running_sandbox(rate_limits=True) as sandbox:
        account = Account(sandbox)  # its log-in is the first call
        limits = sandbox.sandbox.accounts.limits
        for number in range(599):
            limits.admit("somebody", f"/endpoint/{number // 40}/")
        assert account.get("/business/video/settings/")["code"] == 40100
        assert account.get("/business/get/")["code"] == 40100
        assert account.exchange(sandbox.auth_code())["code"] == 40100
        sandbox.advance(301)
        assert account.get("/business/video/settings/")["code"] == 0
        account.http.close()
