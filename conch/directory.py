"""The directory in use: current within seconds of an edit, never emptied by a broken one."""

import logging
import shutil
import tempfile
import time
from pathlib import Path

from conch.contacts import CONTACTS_FILE, Contact, read_contacts
from conch.referrals import REFERRALS_FILE, Referrals, read_referrals

logger = logging.getLogger(__name__)

LAST_GOOD = Path(__file__).resolve().parent.parent / ".cache" / "last_good_content"
SECONDS_BETWEEN_LOOKS = 1.0
Stamp = tuple[tuple[int, int], ...]


class Directory:
    """Contacts and referral words, read beforehand and looked at again when a file changes.

    A broken edit is logged as an error and the last good directory goes on serving. A copy of
    the last good files outlives the process, so that a restart does not lose the numbers.
    """

    def __init__(
        self,
        contacts_file: Path = CONTACTS_FILE,
        referrals_file: Path = REFERRALS_FILE,
        last_good: Path = LAST_GOOD,
    ) -> None:
        self.files = (contacts_file, referrals_file)
        self.last_good = last_good
        self.looked_at = time.monotonic()
        self.stamp = self._stamp()
        try:
            self._read(*self.files)
            self._keep()
        except Exception as error:  # whatever the fault, the numbers are served
            self._read_last_good(error)

    def refresh(self) -> None:
        """Reads the files again if they changed; looks at most once a second."""
        now = time.monotonic()
        if now - self.looked_at < SECONDS_BETWEEN_LOOKS:
            return
        self.looked_at = now
        stamp = self._stamp()
        if stamp == self.stamp:
            return
        self.stamp = stamp
        try:
            self._read(*self.files)
        except Exception as error:  # whatever the fault, the numbers are served
            logger.error("Directory edit refused, the last good one goes on serving:\n%s", error)
        else:
            logger.warning("Directory read again: %d contacts", len(self.contacts))
            self._keep()

    def refreshed(self) -> "Directory":
        """The directory as of now."""
        self.refresh()
        return self

    def shown(self) -> list[Contact]:
        """The contacts that people may be given, as of now."""
        self.refresh()
        return [contact for contact in self.contacts if contact.is_shown]

    def _stamp(self) -> Stamp:
        """What tells that a file changed; a missing file is a change too."""
        stamps = []
        for path in self.files:
            try:
                stat = path.stat()
                stamps.append((stat.st_mtime_ns, stat.st_size))
            except OSError:
                stamps.append((0, 0))
        return tuple(stamps)

    def _read(self, contacts_file: Path, referrals_file: Path) -> None:
        contacts = read_contacts(contacts_file)
        referrals = read_referrals(contacts, referrals_file)
        self.contacts: list[Contact] = contacts
        self.referrals: Referrals = referrals

    def _keep(self) -> None:
        """Puts copies in place that were read themselves, as the files may have changed since."""
        try:
            self.last_good.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.last_good) as scratch:
                copies = [Path(scratch) / path.name for path in self.files]
                for path, copy in zip(self.files, copies):
                    shutil.copyfile(path, copy)
                read_referrals(read_contacts(copies[0]), copies[1])
                for copy in copies:
                    copy.replace(self.last_good / copy.name)
        except (OSError, ValueError) as error:
            logger.error("The last good directory could not be kept in %s: %s", self.last_good, error)

    def _read_last_good(self, error: Exception) -> None:
        copies = [self.last_good / path.name for path in self.files]
        if not all(copy.exists() for copy in copies):
            raise error
        self._read(*copies)
        logger.error("Directory refused, serving the last good one from %s:\n%s", self.last_good, error)
