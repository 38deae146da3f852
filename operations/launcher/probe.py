"""Asks the web process whether it is up: `python -m operations.launcher.probe [--path /readyz] [--port 8000]`."""

import argparse
import http.client
import os
import sys


def status(port: int, path: str = "/healthz", *, host: str = "127.0.0.1", seconds: float = 2.0) -> int:
    """The answer's HTTP status, 0 where nobody answers."""
    link = http.client.HTTPConnection(
        "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host, port, timeout=seconds
    )
    # Django answers only to its own names.
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    try:
        link.request("GET", path, headers={"Host": first if first not in {"", "*"} else "127.0.0.1"})
        return link.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--path", default="/healthz")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    options = parser.parse_args()
    found = status(options.port, options.path)
    print(found or "no answer")
    sys.exit(0 if found == 200 else 1)


if __name__ == "__main__":
    main()
