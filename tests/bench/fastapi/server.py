"""The API key check of ours on FastAPI: the same shape, digest and comparison, a limit per key, a request id.

The one key that works is in BENCH_KEY, as {USERNAME}:{KEY}.
"""

import hashlib
import hmac
import os
import re
import secrets
import time

from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import APIKeyHeader

SHAPE = re.compile(r"([A-Za-z0-9_-]{3,32}):([0-9A-Za-z]{16})")
CALLS_PER_MINUTE = 1_000_000_000  # in force and never reached, like ours
PEPPER = secrets.token_bytes(32)
STARTED_AT = time.monotonic()

api_key_header = APIKeyHeader(name="x-api-auth")


def digest_of(username: str, key: str) -> str:
    return hmac.new(PEPPER, f"{username.lower()}:{key}".encode(), hashlib.sha256).hexdigest()


class Window:
    """Counts calls, anew each minute."""

    def __init__(self) -> None:
        self.ends_at = 0.0
        self.calls = 0

    def is_full(self) -> bool:
        now = time.monotonic()
        if now >= self.ends_at:
            self.ends_at, self.calls = now + 60, 0
        self.calls += 1
        return self.calls > CALLS_PER_MINUTE


known = digest_of(*os.environ["BENCH_KEY"].split(":"))
names = {known: "bench"}
windows = {known: Window()}


async def caller(value: str = Depends(api_key_header)) -> str:
    """The name that the key belongs to."""
    shaped = SHAPE.fullmatch(value)
    digest = digest_of(*shaped.groups()) if shaped else ""
    stored = digest if digest in names else ""
    if not digest or not hmac.compare_digest(stored.ljust(64), digest):
        raise HTTPException(401, "invalid_api_key")
    if windows[digest].is_full():
        raise HTTPException(429, "too_many_requests")
    return names[digest]


app = FastAPI()


@app.get("/api/v1/stats", dependencies=[Depends(caller)])
async def stats(response: Response) -> dict[str, float]:
    response.headers["x-request-id"] = secrets.token_hex(16)
    return {
        "image_count": 3600,
        "un_reviewed_image_count": 900,
        "team_count": 60,
        "uptime": time.monotonic() - STARTED_AT,
    }
