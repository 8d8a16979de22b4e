"""Writes what nginx needs before several assistants: `python -m scripts.balancer --folder F --assistants HOST:PORT`.

A configuration from deploy/nginx.cluster.conf.template, the list of assistants, and the two
answers that nginx gives by itself when it refuses or nobody behind it answers: the numbers as a
page and as a reply. They are made from content/, so no number stands in deploy/. Then:
`nginx -c F/nginx.conf -g 'daemon off;'`.
"""

import argparse
import ipaddress
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from addons.channels.chat_page import DEFAULT_LANGUAGE, Widget
from conch.directory import Directory
from conch.referrals import Referrals
from conch.settings import ROOT, ChatSettings, SettingsError

TEMPLATE = ROOT / "deploy" / "nginx.cluster.conf.template"
SERVER = re.compile(r"[A-Za-z0-9.-]+:[0-9]{1,5}")
LISTEN = re.compile(r"(?:[0-9.]+:)?[0-9]{1,5}")
FAILS = "max_fails=1 fail_timeout=2s"  # nginx leaves out one that refused a connection, for so long
LOOPBACK = "127.0.0.1"


def replace(path: Path, text: str) -> None:
    """Writes a file that nginx may read at any moment: it finds the old one or the new one."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, "utf-8")
    fresh.chmod(0o644)
    fresh.replace(path)


def configuration(folder: Path, listen: str, trusted: Iterable[str] = (LOOPBACK,), log: str = "/dev/stdout") -> str:
    """The configuration of nginx.

    `listen` is a port or address:port; `trusted` are addresses or networks of what stands before nginx, whose
    X-Forwarded-For is believed; `log` is where a line for each request goes, without a trace of who asked.
    Raises ValueError for what would not be one word of a configuration.
    """
    if not LISTEN.fullmatch(listen):
        raise ValueError(f"--listen {listen}: must be a port or address:port, like 8080")
    networks = [ipaddress.ip_network(one) for one in trusted]
    values = {
        "FOLDER": folder.resolve(),
        "LISTEN": listen,
        "LOG": log,
        "TRUSTED": "\n".join(f"    set_real_ip_from {one};" for one in networks),
    }
    text = TEMPLATE.read_text("utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    left = re.findall(r"@[A-Z]+@", text)
    if left:
        raise ValueError(f"{TEMPLATE}: nothing is known for {', '.join(left)}")
    return text


def assistants(servers: Mapping[str, bool]) -> str:
    """The list of assistants, host:port to whether it is ready.

    One that is not gets no traffic. If none is, all do: being slow to say that one is ready must not close
    a place that still answers, and one that is gone is told by nginx itself.
    """
    for server in servers:
        if not SERVER.fullmatch(server):
            raise ValueError(f"{server}: an assistant must look like host:port")
    anybody = any(servers.values())
    lines = [
        f"server {name} {FAILS}{'' if is_ready or not anybody else ' down'};" for name, is_ready in servers.items()
    ]
    return "\n".join(lines) + "\n"


def write_answers(folder: Path, referrals: Referrals, exit_url: str) -> None:
    """The numbers as nginx says them: numbers.html for pages, referrals.json in the shape of a reply."""
    reply = [{"text": referrals.text(), "referrals": [line.dict() for line in referrals.lines()]}]
    replace(folder / "referrals.json", json.dumps(reply))
    replace(folder / "numbers.html", Widget(exit_url).page("numbers.html", referrals, DEFAULT_LANGUAGE))


def main(arguments: list[str] | None = None) -> None:
    """Writes all of it once, for containers; `make cluster` also keeps it current."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="where nginx finds it, writable for nginx")
    parser.add_argument("--listen", default="8080", help="port or address:port (default: %(default)s)")
    parser.add_argument("--trusted", nargs="*", default=[LOOPBACK], help="networks of the proxies before nginx")
    parser.add_argument("--assistants", nargs="+", required=True, metavar="HOST:PORT")
    chosen = parser.parse_args(arguments)
    try:
        chosen.folder.mkdir(parents=True, exist_ok=True)
        replace(chosen.folder / "nginx.conf", configuration(chosen.folder, chosen.listen, chosen.trusted))
        replace(chosen.folder / "assistants.conf", assistants(dict.fromkeys(chosen.assistants, True)))
        write_answers(chosen.folder, Directory().referrals, ChatSettings.from_environment().exit_url)
    except (OSError, ValueError, SettingsError) as error:
        sys.exit(f"conch: {error}")


if __name__ == "__main__":
    main()
