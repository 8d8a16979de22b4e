"""Prints what a site pastes to embed the web chat: `python -m scripts.embed https://chat.example.org`."""

import argparse
from string import Template

from addons.channels.chat_page import DEFAULT_LANGUAGE, Widget
from conch.directory import Directory
from conch.settings import SITE, WEATHER

SNIPPETS = Template("""\
<!-- In your page: the chat, with the numbers as plain HTML for when it cannot load. -->
<info-panel>
$numbers
</info-panel>
<script src="$base/w.js" async></script>

<!-- Or in a frame, out of reach of your page's trackers; the numbers stay beside it. -->
<iframe src="$base/frame" title="Information and help" width="100%" height="640" referrerpolicy="no-referrer"
  sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-top-navigation-by-user-activation"></iframe>
$numbers
""")


def snippets(site: str) -> str:
    """The tag and the frame for a site that serves the chat."""
    numbers = Widget(WEATHER).numbers(Directory().referrals, DEFAULT_LANGUAGE)
    return SNIPPETS.substitute(base=f"{site}/webhooks/chat", numbers=numbers)


def main() -> None:
    """Prints both snippets with today's numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", help="where the chat is served, like https://chat.example.org")
    site = parser.parse_args().site.rstrip("/")
    if not SITE.fullmatch(site):
        parser.error(f"{site!r} is not an origin like https://chat.example.org")
    print(snippets(site))


if __name__ == "__main__":
    main()
