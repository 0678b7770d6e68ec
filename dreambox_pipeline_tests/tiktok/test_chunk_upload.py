"""One file, chunk after chunk: what each answer leads to, and that the address stays secret."""

import io
import traceback
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr

from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.chunk_upload import MAX_CORRECTIONS, ChunkUpload
from dreambox_pipeline.tiktok.posting_objects import UploadSession
from dreambox_pipeline.tiktok.transport import Limits

URL = "https://up.invalid/SECRET-PATH/video/?upload_id=1&upload_token=SECRET"
CONTENT = bytes(range(35))


class Server:
    """Answers one after the other, and keeps what was sent."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.ranges: list[str] = []
        self.bodies: list[bytes] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.ranges.append(request.headers["content-range"])
        self.bodies.append(request.read())
        assert str(request.url) == URL
        assert request.headers["content-type"] == "video/mp4"
        assert request.headers["content-length"] == str(len(self.bodies[-1]))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, held = answer if isinstance(answer, tuple) else (answer, None)
        headers = {} if held is None else {"Content-Range": held}
        return httpx.Response(status, headers=headers, content=b"{}")


def upload(server: Server, *, held: int | None = None, is_end_unknown: bool = False) -> ChunkUpload:
    """An upload of 35 bytes in chunks of 10, 10 and 15."""
    session = UploadSession(
        publish_id="v_pub_file~v2-1.1",
        upload_url=SecretStr(URL),
        size_bytes=35,
        chunk_size=10,
        mime_type="video/mp4",
        expires_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    return ChunkUpload(
        httpx.Client(transport=httpx.MockTransport(server)),
        session,
        limits=Limits(),
        ask=lambda: held,
        on_progress=PROGRESS.append,
        is_end_unknown=is_end_unknown,
    )


PROGRESS: list[int] = []


@pytest.fixture(autouse=True)
def no_progress_yet() -> None:
    PROGRESS.clear()


def send(server: Server, uploaded: int = 0, **options: object) -> None:
    upload(server, **options).send(io.BytesIO(CONTENT), uploaded)


def test_chunks_are_sent_in_order_with_their_ranges():
    """The rest goes into the last one; progress is told after each."""
    server = Server(206, 206, 201)
    send(server)
    assert server.ranges == ["bytes 0-9/35", "bytes 10-19/35", "bytes 20-34/35"]
    assert b"".join(server.bodies) == CONTENT
    assert PROGRESS == [10, 20, 35]


def test_an_upload_goes_on_from_what_is_there():
    """Whole chunks are not sent again; 200 is tolerated for 206 and 201."""
    server = Server(200)
    send(server, 20)
    assert server.ranges == ["bytes 20-34/35"]


@pytest.mark.parametrize("failure", [500, 503, httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x"), httpx.ConnectError("x")])  # fmt: skip
def test_a_chunk_is_sent_again_after_a_stumble(failure):
    """The same one; a chunk has its place and cannot be stored twice."""
    server = Server(206, failure, failure, 206, 201)
    send(server)
    assert server.ranges[1:4] == ["bytes 10-19/35"] * 3


@pytest.mark.parametrize("held", ["bytes 0-19/35", "bytes 0-20/35", "bytes 0-19/*"])
def test_a_chunk_that_arrived_unseen_is_not_sent_again(held):
    """Its answer was lost; 416 says how much is there, as the last byte's number or as a count."""
    server = Server(206, httpx.ReadTimeout("x"), (416, held), 201)
    send(server)
    assert server.ranges == ["bytes 0-9/35", "bytes 10-19/35", "bytes 10-19/35", "bytes 20-34/35"]


def test_a_server_that_lost_chunks_gets_them_again():
    """We go back to where it is."""
    server = Server(206, (416, "bytes 0-9/35"), 206, 201)
    server.answers = [206, 206, (416, "bytes 0-9/35"), 206, 201]
    send(server)
    assert server.ranges[3:] == ["bytes 10-19/35", "bytes 20-34/35"]


@pytest.mark.parametrize(
    "header", [None, "bytes */35", "bytes 0-19/36", "nonsense", "bytes 0-12/35"]
)
def test_without_a_usable_header_the_status_tells(header):
    """The second source of the same number."""
    server = Server((416, header), 201)
    send(server, 10, held=20)
    assert server.ranges == ["bytes 10-19/35", "bytes 20-34/35"]


def test_the_end_is_only_believed_when_it_is_said():
    """A proxy that answers 200 to everything stored nothing; what TikTok holds decides."""
    server = Server(200, 201)
    send(server, 20, held=20)
    assert server.ranges == ["bytes 20-34/35"] * 2
    server = Server((206, "bytes 0-34/35"))
    send(server, 20, held=20)
    assert server.ranges == ["bytes 20-34/35"]
    with pytest.raises(errors.UploadOutOfStep) as caught:
        send(Server(*[200] * 20), 20, held=20)
    assert caught.value.may_have_taken_effect


@pytest.mark.parametrize("held", [None, 10, 13, 36])
def test_an_upload_that_cannot_go_on_says_so(held):
    """Unknown, the very place that was refused, or no place between chunks."""
    with pytest.raises(errors.UploadOutOfStep) as caught:
        send(Server((416, None)), 10, held=held)
    assert not caught.value.may_have_taken_effect


def test_a_server_that_sends_us_in_circles_is_left():
    """Instead of sending the same bytes for ever."""
    circle = [(416, "bytes 0-9/35"), (416, "bytes 0-19/35")] * 10
    server = Server(206, 206, *circle)
    with pytest.raises(errors.UploadOutOfStep):
        send(server)
    assert len(server.ranges) <= MAX_CORRECTIONS + 3


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, errors.InvalidParams),
        (403, errors.UploadExpired),
        (404, errors.NotFound),
        (302, errors.UnknownTikTokError),
        (418, errors.UnknownTikTokError),
        (429, errors.RateLimited),
        (500, errors.ServerFault),
    ],
)
def test_every_refusal_has_its_error(status, error):
    """Before the last chunk nothing can have been posted, whatever came back."""
    with pytest.raises(error, match=f"HTTP {status}") as caught:
        send(Server(206, *[status] * 4))
    assert caught.value.http_status == status
    assert not caught.value.may_have_taken_effect


def test_a_last_chunk_without_an_answer_may_have_been_posted():
    """And the expired address that follows does not say otherwise."""
    with pytest.raises(errors.UploadExpired) as caught:
        send(Server(206, 206, httpx.ReadTimeout("x"), 403))
    assert caught.value.may_have_taken_effect
    with pytest.raises(errors.Unreachable) as caught:
        send(Server(206, 206, *[httpx.ReadTimeout("x")] * 4))
    assert caught.value.may_have_taken_effect
    with pytest.raises(errors.Unreachable) as caught:
        send(Server(206, 206, *[httpx.ConnectError("x")] * 4))
    assert not caught.value.may_have_taken_effect
    with pytest.raises(errors.UploadExpired) as caught:
        send(Server(403), is_end_unknown=True)
    assert caught.value.may_have_taken_effect


def test_a_file_that_shrank_is_not_sent():
    """A chunk of another length would only be refused."""
    with pytest.raises(errors.MediaRejected, match="changed"):
        upload(Server(206, 206)).send(io.BytesIO(CONTENT[:30]), 0)


@pytest.mark.parametrize(
    "answers", [(206, 403), (206, 500, 500, 500, 500), [httpx.ConnectError(URL)] * 4]
)
def test_the_address_is_nowhere_to_be_read(answers, caplog):
    """Not in our errors, not in httpx's log, not in a repr; whoever has it can post."""
    caplog.set_level("DEBUG")
    sending = upload(Server(*answers))
    with pytest.raises(errors.TikTokError) as caught:
        sending.send(io.BytesIO(CONTENT), 0)
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))
    send(Server(206, 206, 201))
    assert "206" in caplog.text
    assert "SECRET" not in caplog.text
    assert "SECRET" not in repr(sending)
