"""Becomes another program after tying its life to the launcher's. A script of its own: `python -I -S child.py …`.

usage: child.py PARENT_PID SIGNAL keep|namespace|nobody -- PROGRAM ARGUMENTS…

keep       run as the user that started it
namespace  run as the ordinary user 1000 of a new user namespace, whose files are still root's outside
nobody     run as the user nobody that may still reach every file
"""

import ctypes
import os
import pwd
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CANNOT = 126


def check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def enter_namespace(libc: ctypes.CDLL) -> None:
    check(libc.unshare(CLONE_NEWUSER), "unshare")
    for name, value in (("setgroups", "deny"), ("uid_map", "1000 0 1"), ("gid_map", "1000 0 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(value)


def become_nobody(libc: ctypes.CDLL) -> None:
    nobody = pwd.getpwnam("nobody")
    check(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    # Project folders often lie where nobody may not look, such as /root; the one capability bridges that.
    bits = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(bits, bits, bits, 0, 0, 0)
    check(libc.capset(ctypes.byref(header), ctypes.byref(data)), "capset")
    check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0), "ambient capability")


def main() -> None:
    parent, signal_number, mode = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    program = sys.argv[5:]
    try:
        if sys.platform == "linux":
            libc = ctypes.CDLL(None, use_errno=True)
            if mode == "namespace":
                enter_namespace(libc)
            elif mode == "nobody":
                become_nobody(libc)
            # After the change of user, which would clear it.
            check(libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0), "parent death signal")
            if os.getppid() != parent:
                sys.exit(CANNOT)
        os.execv(program[0], program)
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(CANNOT)


if __name__ == "__main__":
    main()
