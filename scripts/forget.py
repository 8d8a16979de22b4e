"""Deletes conversations from the database: `python -m scripts.forget [--older-than MINUTES | --sender ID | --all]`.

The servers delete what is past its lifetime every minute; this is for a database whose servers
are stopped, for one person who asks, and for deleting everything. Needs DATABASE_URL and STORE_KEY.
"""

import argparse
import sys

import sqlalchemy

from addons.channels.incoming import clean_sender
from addons.stores.rows import AT_ONCE, Rows
from conch.settings import SettingsError, StoreSettings

LIFETIME = 60.0  # minutes; as in deploy/endpoints.shared.yml
PATIENCE = 30.0  # seconds for one statement; nobody waits for an answer here
CHANNELS = ("chat", "messenger", "rest")


def delete_older(rows: Rows, seconds: float) -> int:
    """Deletes conversations last used so long ago; returns how many."""
    deleted = 0
    while True:
        number = rows.delete_old(seconds)
        deleted += number
        if number < AT_ONCE:
            return deleted


def delete_sender(rows: Rows, settings: StoreSettings, sender: str) -> int:
    """Deletes a person's conversation, in each channel if the id names none; returns how many."""
    is_whole = sender.startswith(tuple(f"{channel}-" for channel in CHANNELS))
    names = [sender] if is_whole else [clean_sender(sender, channel) for channel in CHANNELS]
    return sum(rows.delete(settings.keyed(name)) for name in names)


def main(arguments: list[str] | None = None) -> None:
    """Deletes what the arguments name, and says how much it was."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--older-than", type=float, metavar="MINUTES", default=LIFETIME, help="default: %(default)g")
    what.add_argument("--sender", help="a sender id, as the channel has it")
    what.add_argument("--all", action="store_true", help="every conversation")
    chosen = parser.parse_args(arguments)
    if chosen.older_than < 0:
        parser.error("--older-than: must be 0 or more minutes")
    try:
        settings = StoreSettings.from_environment().with_database()
    except SettingsError as error:
        sys.exit(f"conch: {error}")
    rows = Rows(settings.database_url, connections=1, limit=PATIENCE)
    try:
        if chosen.sender:
            number = delete_sender(rows, settings, chosen.sender)
        else:
            number = delete_older(rows, 0 if chosen.all else chosen.older_than * 60)
    except sqlalchemy.exc.SQLAlchemyError as error:
        cause = type(getattr(error, "orig", None) or error).__name__
        sys.exit(f"conch: DATABASE_URL: the database cannot be asked ({cause}): is it up, are name and password right?")
    print(f"conch: {number} conversation{'' if number == 1 else 's'} deleted")


if __name__ == "__main__":
    main()
