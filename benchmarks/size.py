"""What a conversation takes in the store, by the bytes of its own text.

    python benchmarks/size.py [--turns 300]

A conversation of messages of 1 KB, each turn sent with all that was said before, through SDK, provider and log, to a
sandbox that answers with 1 KB as well: what is measured is the file, above that of an empty store, once its WAL is in it.
The text counts each message once. Two kinds of text: words out of a small vocabulary with the frequencies of real prose
(Zipf's law), and random letters, which nothing compresses. The bytes of each table are told by SQLite's `dbstat`.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import openai

import ell2a

SIZE = 1000
"""Characters of a message."""
GOAL, INDEX_GOAL = 2.2, 1.0
_VOCABULARY = 4000


def prose(seed: int) -> str:
    """A message whose words are as frequent as those of real prose."""
    known = random.Random(0)
    words = ["".join(known.choices("etaoinshrdlucmfwypvbgk", k=known.randint(2, 9))) for _ in range(_VOCABULARY)]
    weights = [1 / rank for rank in range(1, _VOCABULARY + 1)]
    return " ".join(random.Random(seed).choices(words, weights, k=SIZE // 3))[:SIZE]


def letters(seed: int) -> str:
    """A message of random words."""
    drawn = random.Random(seed)
    return " ".join("".join(drawn.choices("abcdefghijklmnopqrstuvwxyz", k=drawn.randint(3, 10))) for _ in range(200))[
        :SIZE
    ]


@contextmanager
def answering(text: Callable[[int], str]) -> Iterator[str]:
    """A server whose nth answer is a text of its own; gives its address."""
    given = iter(range(10**9))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            number = next(given)
            said = {"role": "assistant", "content": text(1_000_000 + number), "refusal": None}
            usage = {"prompt_tokens": 200 * number + 200, "completion_tokens": 200, "total_tokens": 200 * number + 400}
            body = json.dumps(
                {
                    "id": f"chatcmpl-{number:024d}",
                    "object": "chat.completion",
                    "created": 1760000000 + number,
                    "model": "gpt-4o-2024-08-06",
                    "choices": [{"index": 0, "message": said, "logprobs": None, "finish_reason": "stop"}],
                    "usage": usage,
                }
            ).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def converse(url: str, store: Path, text: Callable[[int], str], turns: int) -> int:
    """Have a conversation of so many messages; gives the bytes of its text."""
    client = openai.OpenAI(api_key="stub-key-of-no-value", base_url=url)
    ell2a.init(store=store)
    said: list[Any] = []
    for turn in range(turns // 2):
        said.append(ell2a.user(text(turn)))
        answer = ell2a.call("openai/gpt-4o", said, client=client, wire="openai-chat", temperature=0.2)
        said.append(answer.message)
    ell2a.init(store="off")
    return sum(len(message.text.encode()) for message in said)


def bytes_of(store: Path) -> dict[str, int]:
    """The bytes of each table with its indices, in a store whose WAL was brought into it; the search index is one."""
    connection = sqlite3.connect(store)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    owner = dict(connection.execute("SELECT name, tbl_name FROM sqlite_schema"))
    found: dict[str, int] = {}
    for name, size in connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"):
        table = owner.get(name, name)
        table = "message_search" if table.startswith("message_search") else table
        found[table] = found.get(table, 0) + size
    connection.close()
    return found


def measured(text: Callable[[int], str], turns: int, folder: Path) -> None:
    """Print what one kind of text takes."""
    empty, full = folder / "empty.db", folder / "full.db"
    ell2a.init(store=empty)
    ell2a.init(store="off")
    with answering(text) as url:
        size = converse(url, full, text, turns)
    grown = full.stat().st_size - empty.stat().st_size
    before, after = bytes_of(empty), bytes_of(full)
    more = {table: after[table] - before.get(table, 0) for table in after}
    index = more.pop("message_search")
    own = sum(more.values())
    print(f"{text.__name__}: {turns} messages, {size:,} bytes of text")
    print(f"  without the search index {own:>10,}  {own / size:5.2f} times the text (goal {GOAL})")
    print(f"  the search index         {index:>10,}  {index / size:5.2f} times the text (goal {INDEX_GOAL:g})")
    print(f"  the file as it was left  {grown:>10,}  {grown / size:5.2f}")
    for table, taken in sorted(more.items(), key=lambda item: -item[1])[:9]:
        print(f"    {table:18} {taken:>10,}  {taken / size:5.2f}")


def main() -> None:
    """Measure both kinds of text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=300, help="how many messages, questions and answers together")
    turns = parser.parse_args().turns
    for text in (prose, letters):
        with tempfile.TemporaryDirectory(prefix="ell2a-size-") as made:
            measured(text, turns, Path(made))


if __name__ == "__main__":
    main()
