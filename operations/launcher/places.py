"""Where the embedded servers of this project keep their things. The same project folder always gives the same places."""

import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import quote

PROJECT = Path(__file__).resolve().parents[2]
ROLE = "manyhands"
DATABASE = "manyhands"
# sun_path holds 108 bytes on Linux and 104 on macOS, and PostgreSQL adds a file name of its own.
LONGEST_SOCKET = 100
POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"


def local() -> Path:
    """The folder that holds everything the launcher makes; MANYHANDS_LOCAL moves it."""
    return Path(os.environ.get("MANYHANDS_LOCAL", "").strip() or PROJECT / ".local").absolute()


def postgres_data() -> Path:
    return local() / "postgres"


def valkey_data() -> Path:
    return local() / "valkey"


def logs() -> Path:
    return local() / "logs"


def run() -> Path:
    """Process ids, locks and other things of one run."""
    return local() / "run"


def beat_schedule() -> Path:
    return local() / "beat" / "schedule"


def sockets(base: Path | None = None) -> Path:
    """The folder of the unix sockets: inside `base`, or a short one elsewhere where a socket's path would be too long."""
    folder = (base or local()) / "sockets"
    if len(os.fsencode(folder / POSTGRES_SOCKET)) <= LONGEST_SOCKET:
        return folder
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"manyhands-{os.getuid()}-{mark}"
    return short if len(os.fsencode(short / POSTGRES_SOCKET)) <= LONGEST_SOCKET else Path("/tmp") / short.name


def postgres_url(folder: Path, name: str = DATABASE) -> str:
    return f"postgresql://{ROLE}@/{quote(name)}?host={quote(str(folder), safe='/')}"


def valkey_url(folder: Path, number: int = 0) -> str:
    return f"redis+socket://{quote(str(folder / VALKEY_SOCKET), safe='/')}?virtual_host={number}"


def database_url(name: str = DATABASE) -> str:
    """Address of the embedded PostgreSQL's database `name`, whether it runs or not."""
    return postgres_url(sockets(), name)


def redis_url() -> str:
    """Address of the embedded Valkey, in the form that Celery's transport reads, whether it runs or not."""
    return valkey_url(sockets())


def private(folder: Path) -> Path:
    """Make the folder if need be, for this user's eyes alone. Refuses a folder that belongs to somebody else."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_uid != os.getuid() and os.getuid() != 0:
        raise PermissionError(
            f"{folder} belongs to another user. Remove it, or set MANYHANDS_LOCAL to a folder of your own."
        )
    folder.chmod(0o700)
    return folder


def secret_key() -> str:
    """A key of this folder's own, made at the first call. For the demo and the tests, never for a deployment."""
    return _kept("secret-key", secrets.token_urlsafe(64))


def signing_key() -> str:
    """The key that signs what the demo says of itself, in 64 hexadecimal digits; as the one above."""
    return _kept("signing-key", secrets.token_hex(32))


def _kept(name: str, made: str) -> str:
    """What the file of this name holds; where there is none yet, what was made for it."""
    path = local() / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(made)
        try:
            # A link fails where another process was first; a rename would replace its key.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
