"""What nginx is given before several assistants."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from conch.contacts import read_contacts
from conch.referrals import read_referrals
from scripts import balancer
from tests.e2e.referrals import assert_ends_with_referrals, core_numbers

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")


def test_one_that_is_not_ready_gets_no_traffic() -> None:
    text = balancer.assistants({"127.0.0.1:1": True, "127.0.0.1:2": False})
    assert [line.endswith(" down;") for line in text.splitlines()] == [False, True]


def test_if_none_is_ready_all_may_be_asked() -> None:
    assert "down" not in balancer.assistants({"127.0.0.1:1": False, "127.0.0.1:2": False})


@pytest.mark.parametrize("server", ["here", "a:b", "a:1;", "a:1 down", "", "a:1\n"])
def test_what_is_no_address_is_refused(server: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        balancer.assistants({server: True})


@pytest.mark.parametrize(("listen", "trusted"), [("80;", ["127.0.0.1"]), ("8080", ["all"]), ("8080", ["1.2.3.4; x"])])
def test_settings_that_cannot_be_are_refused(listen: str, trusted: list[str], tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        balancer.configuration(tmp_path, listen, trusted)


def test_the_answers_name_every_number(tmp_path: Path) -> None:
    balancer.write_answers(tmp_path, read_referrals(read_contacts()), "https://www.example.org/")
    assert_ends_with_referrals(json.loads((tmp_path / "referrals.json").read_text()))
    page = (tmp_path / "numbers.html").read_text()
    assert all(number in page for number in core_numbers())
    assert "$" not in page


def test_no_number_stands_in_the_template() -> None:
    text = balancer.TEMPLATE.read_text("utf-8")
    assert [number for number in core_numbers() if number in text and number != "911"] == []


def test_a_wrong_setting_ends_with_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="conch: --listen x"):
        balancer.main(["--folder", str(tmp_path), "--listen", "x", "--assistants", "a:1"])


@pytest.mark.cluster
def test_nginx_takes_it(tmp_path: Path) -> None:
    balancer.main(["--folder", str(tmp_path), "--listen", "127.0.0.1:18080", "--assistants", "127.0.0.1:1"])
    assert NGINX, "nginx is missing: apt-get install nginx"
    checked = subprocess.run([NGINX, "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
