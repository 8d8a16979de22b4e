"""Makes sure that Chromium, nginx and Node are there for the web chat's tests: `python -m scripts.browser`."""

import os
import shutil
import subprocess
import sys

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
NEEDED = {CHROMIUM: "chromium", "/usr/sbin/nginx": "nginx", "/usr/bin/openssl": "openssl", "node": "nodejs"}
FLAGS = [
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def missing() -> list[str]:
    """The Debian packages whose program is not installed."""
    return [package for program, package in NEEDED.items() if not shutil.which(program)]


def main() -> None:
    """Installs what is missing when that is possible; otherwise says what to install, and fails."""
    packages = missing()
    if not packages:
        return
    remedy = f"conch: the web chat's tests need {' and '.join(packages)}: apt-get install {' '.join(packages)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"{remedy} (another browser: CHROMIUM=/path/to/chromium)")
    print(f"conch: installing {' '.join(packages)}", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=False, **quiet)
    if missing():
        sys.exit(remedy)


if __name__ == "__main__":
    main()
