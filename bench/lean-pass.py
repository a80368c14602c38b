"""The boot pass as a lean Python program: the same reads, decisions and files, by os.* calls alone.

lean-pass.py HOME SCANDIR TEMPLATE, where TEMPLATE is a slot of a profile called "template" rendered by hermes.
"""

import json
import os
import re
import sys
import time

HOME, SCANDIR, TEMPLATE = sys.argv[1:]
CONFIG = re.compile(rb"gateway:\n  port: [1-9][0-9]{0,4}\n")
SKELETON = (("event", 0o3730), ("supervise", 0o755), ("supervise/event", 0o3730))
PARTS = ("", "log/")


def read(path):
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        return os.read(fd, os.fstat(fd).st_size)
    finally:
        os.close(fd)


def write(path, content, mode):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    os.write(fd, content)
    os.close(fd)


def template():
    files = []
    for part in PARTS:
        for entry in os.scandir(f"{TEMPLATE}/{part}"):
            if entry.is_file() and entry.name != "down":
                files.append((part + entry.name, read(entry.path), entry.stat().st_mode & 0o777))
    return files


def exists(path):
    try:
        os.lstat(path)
        return True
    except FileNotFoundError:
        return False


def main():
    files = template()
    os.umask(0)
    staging = f"{SCANDIR}/.gateway-.new-{os.getpid()}-{os.urandom(6).hex()}"
    os.mkdir(staging, 0o700)
    names = sorted(name for name in os.listdir(f"{HOME}/profiles") if not name.startswith("."))
    log = os.open(f"{HOME}/logs/container-boot.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    lines = []
    for name in ["default", *names]:
        home = HOME if name == "default" else f"{HOME}/profiles/{name}"
        if name != "default" and not exists(f"{home}/SOUL.md"):
            continue
        state = json.loads(read(f"{home}/gateway_state.json") or b"{}").get("desired_state")
        config = read(f"{home}/config.yaml")
        if config is not None and not CONFIG.fullmatch(config):
            sys.exit(f"{name}: this pass knows untouched config files only")
        for stale in ("gateway.pid", "processes.json"):
            if exists(f"{home}/{stale}"):
                os.unlink(f"{home}/{stale}")
        slot = f"{staging}/gateway-{name}"
        for part in PARTS:
            os.mkdir(f"{slot}/{part}", 0o755)
            for path, mode in SKELETON:
                os.mkdir(f"{slot}/{part}{path}", mode)
                if mode > 0o777:
                    os.chmod(f"{slot}/{part}{path}", mode)
            os.mkfifo(f"{slot}/{part}supervise/control", 0o660)
        for path, content, mode in files:
            write(f"{slot}/{path}", content.replace(b"template", name.encode()), mode)
        if state != "running":
            write(f"{slot}/down", b"", 0o644)
        os.rename(slot, f"{SCANDIR}/gateway-{name}")
        action = "started" if state == "running" else "registered"
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        line = f"profile={name} prior_state={state} action={action}"
        os.write(log, f"{stamp} {line}\n".encode())
        lines.append(f"reconcile: {line}\n")
    os.rmdir(staging)
    os.write(1, "".join(lines).encode())


main()
