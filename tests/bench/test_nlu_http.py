"""What the HTTP benchmark counts; how fast Rasa is, is for the benchmark to say."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bench.nlu_http import (
    DEFAULT,
    DEFAULT_CONFIG,
    OURS,
    Address,
    Measured,
    ask_all,
    memory_of,
    one_epoch,
    quantile,
    report,
    turns,
)


class Answering(ThreadingHTTPServer):
    """Stands in for Rasa; remembers what it was asked. It answers 500 to "fail"."""

    def __init__(self) -> None:
        """On a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Answering

    def do_POST(self) -> None:
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        self.server.asked.append(text)
        self.send_response(500 if text == "fail" or "token=t" not in self.path else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def pair() -> Iterator[tuple[Answering, Answering]]:
    servers = Answering(), Answering()
    threads = [threading.Thread(target=server.serve_forever, args=(0.01,)) for server in servers]
    for thread in threads:
        thread.start()
    yield servers
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()


def _addresses(*servers: Answering) -> list[Address]:
    return [Address(server.server_port, "t") for server in servers]


def test_one_client_asks_two_processes_in_turn(pair: tuple[Answering, Answering]) -> None:
    seconds = ask_all(_addresses(*pair), ["un", "deux", "trois", "quatre"], 1)
    assert [server.asked for server in pair] == [["un", "trois"], ["deux", "quatre"]]
    assert all(second > 0 for second in seconds)


def test_eight_clients_send_each_message_once_and_half_to_each_process(
    pair: tuple[Answering, Answering],
) -> None:
    texts = [str(number) for number in range(32)]
    assert len(ask_all(_addresses(*pair), texts, 8)) == 32
    assert sorted(pair[0].asked + pair[1].asked) == sorted(texts)
    assert len(pair[0].asked) == len(pair[1].asked) == 16


def test_a_refusal_is_no_speed(pair: tuple[Answering, Answering]) -> None:
    with pytest.raises(RuntimeError, match="answered 500"):
        ask_all(_addresses(pair[0]), ["fail"], 1)


def test_neighbouring_clients_begin_at_different_processes() -> None:
    assert turns(4, 2) == [[0, 1], [1, 0], [0, 1], [1, 0]]


def test_a_quantile_is_what_that_share_stays_under() -> None:
    assert (quantile([4, 1, 3, 2], 0.5), quantile([1.0] * 94 + [9.0] * 6, 0.95)) == (3, 9)
    assert quantile([5.0], 0.95) == 5


def test_the_default_pipeline_learns_for_one_epoch_and_is_otherwise_the_same() -> None:
    whole = DEFAULT_CONFIG.read_text("utf-8")
    short = one_epoch(whole)
    assert "DIETClassifier\n  epochs: 1\n" in short
    assert "epochs: 100" in whole
    assert short.count("name:") == whole.count("name:")


def test_the_memory_is_that_of_the_whole_group() -> None:
    listing = "   12  1000\n   12   500\n    7  9999\n  120     1\n"
    assert memory_of(12, listing) == pytest.approx(1.536)


def test_ratios_are_to_the_default_pipeline() -> None:
    ours = Measured(OURS, [], 9.0, 600, [0.01] * 20, [50.0, 80.0, 60.0])
    base = Measured(DEFAULT, [], 30.0, 1200, [0.02] * 20, [40.0, 40.0, 40.0])
    text = report([ours, base])
    assert "p50   10.0 ms" in text
    assert "60.0 with 8" in text
    assert "ours / Rasa's default: p50 × 0.50   messages/s × 1.50   memory × 0.50" in text
