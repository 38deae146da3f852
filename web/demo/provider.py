"""Asks the demo's local provider what it has taken."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from django.conf import settings

TIMEOUT_S = 2
URL = re.compile(r"https?://[!#-;=?-~]+")
# At the end of an address these belong to the sentence.
SENTENCE = ".,;:!?)'\""


class ProviderAway(Exception):
    """The local provider does not answer."""


@dataclass(frozen=True)
class Delivered:
    """A message that arrived. `lines` are its words: each a list of (words, address or nothing)."""

    channel: str
    to: str
    subject: str
    at: datetime
    lines: list[list[tuple[str, str]]]


def delivered(*, page: int, size: int, to: str) -> tuple[int, list[Delivered]]:
    """How many messages went to addresses that contain `to`, and one page of them, newest first."""
    url = urlsplit(settings.SMS_URL)
    connection = HTTPConnection(url.hostname or "", url.port, timeout=TIMEOUT_S)
    try:
        connection.request(
            "GET",
            f"/messages?{urlencode({'page': page, 'size': size, 'to': to})}",
            headers={"Authorization": f"Bearer {settings.SMS_TOKEN}"},
        )
        answer = json.loads(connection.getresponse().read())
        rows = [
            Delivered(
                channel=row["channel"],
                to=row["to"],
                subject=row["subject"],
                at=datetime.fromisoformat(row["at"]),
                lines=[list(linked(line)) for line in row["text"].strip().splitlines()],
            )
            for row in answer["messages"]
        ]
    except (OSError, HTTPException, ValueError, KeyError) as error:
        raise ProviderAway from error
    finally:
        connection.close()
    return answer["count"], rows


def linked(line: str) -> list[tuple[str, str]]:
    """A line in runs of words and addresses. Chinese has no space behind an address, so its letters end one."""
    runs, end = [], 0
    for found in URL.finditer(line):
        url = found[0].rstrip(SENTENCE)
        runs += [(line[end : found.start()], ""), (url, url)]
        end = found.start() + len(url)
    return [run for run in (*runs, (line[end:], "")) if run[0]]
