"""Checks every practice case and plays it with its own example answers: `python -m scripts.scenarios [--files-only]`.

Starts the assistant on ports of its own. A sign whose example answers it mostly does not
understand is an error: learners would not be understood either.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import sys
import uuid
from collections.abc import Iterator

from conch.questions import AT_ONCE, read_questions
from conch.scenarios import Scenario, ScenariosError, SignShown, read_scenarios
from conch.settings import Settings
from conch.signs import signs
from scripts import train
from scripts.run import Process, answers, wait_for
from scripts.talk import send

LEAST_CREDITED = 0.5  # share of a sign's example answers
FOUND = re.compile(r"Practice\. Yes: (.*)", re.DOTALL)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_credited(replies: list[dict], shown: SignShown) -> bool:
    """Whether the assistant said that an answer found a sign."""
    said = (FOUND.match(reply.get("text", "")) for reply in replies)
    return any(signs().indicators[shown.sign].name in found[1] for found in said if found)


def play(address: str, case: Scenario, number: int) -> Iterator[tuple[int, SignShown, str, bool]]:
    """Plays a case with the number-th example answer of each sign: part, sign, answer, whether it was credited."""
    sender = f"case-{uuid.uuid4().hex}"
    send(address, sender, f'/start_scenario{{"scenario": "{case.id}"}}')
    for _ in range(AT_ONCE):
        send(address, sender, "/scenario_next")
    for place, beat in enumerate(case.beats, 1):
        for shown in beat.signs:
            if number < len(shown.answers):
                answer = shown.answers[number]
                credited = is_credited(send(address, sender, answer), shown)
                if not credited:  # it may have been taken for real, which stops the practice
                    send(address, sender, "/scenario_score")
                yield place, shown, answer, credited
        send(address, sender, "/scenario_next")


def check(address: str, case: Scenario) -> bool:
    """Plays a case as often as it has example answers and prints what was credited."""
    most = max((len(shown.answers) for beat in case.beats for shown in beat.signs), default=0)
    played = [turn for number in range(most) for turn in play(address, case, number)]
    credited = [turn for turn in played if turn[3]]
    print(f"{case.number:3} {case.id:24} {len(credited)} of {len(played)} example answers credited", flush=True)
    for place, shown, answer, is_right in played:
        if not is_right:
            print(f"      not understood in part {place} as {shown.sign}: {answer}")
    understood = True
    for place, shown in {(turn[0], turn[1].sign): turn[1] for turn in played}.items():
        share = [turn[3] for turn in played if (turn[0], turn[1].sign) == place]
        if sum(share) < LEAST_CREDITED * len(share):
            print(
                f"conch: {case.id}.yml: beats.{place[0] - 1}: answers of {shown.sign}: {sum(share)} of {len(share)} "
                "understood; put them as people would say them, or choose plainer words for the story"
            )
            understood = False
    return understood


def play_all(cases: list[Scenario]) -> bool:
    """Starts the assistant and plays every case."""
    os.environ |= {"PORT": str(free_port()), "ACTIONS_PORT": str(free_port())}
    settings = Settings.from_environment()
    base = f"http://127.0.0.1:{settings.port}"
    if not train.is_current():
        train.train()
    servers: list[Process] = []
    try:
        servers.append(
            Process(["-m", "rasa_sdk", "--actions", "actions", "--port", str(settings.actions_port)], settings)
        )
        servers.append(Process(["-m", "addons.server"], settings))
        wait_for("action server", lambda: answers(f"http://127.0.0.1:{settings.actions_port}/health"), servers[0])
        wait_for("Rasa server", lambda: answers(f"{base}/webhooks/rest/ready"), servers[1])
        understood = [check(f"{base}/webhooks/rest/webhook", case) for case in cases]
        return all(understood)
    finally:
        for server in servers:
            server.stop()


def main() -> None:
    """Checks the files, then plays what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", help="ids of the cases to play; all of them without")
    parser.add_argument("--files-only", action="store_true", help="do not play")
    arguments = parser.parse_args()
    try:
        cases, pool = read_scenarios(), read_questions()
    except ScenariosError as error:
        sys.exit(f"conch: {error}")
    unknown = set(arguments.cases) - set(cases)
    if unknown:
        sys.exit(f"conch: no case '{sorted(unknown)[0]}' in content/scenarios; there are: {', '.join(cases)}")
    print(f"conch: {len(cases)} cases and {len(pool)} questions are sound")
    chosen = [case for name, case in cases.items() if not arguments.cases or name in arguments.cases]
    if not arguments.files_only and not play_all(chosen):
        sys.exit("conch: some example answers are not understood")


if __name__ == "__main__":
    main()
