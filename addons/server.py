"""Starts the assistant in place of `rasa run`: `python -m addons.server`.

Differs from it in four things: it refuses a channel that is not guarded, it has no HTTP API
beyond POST /model/parse (and that on loopback only, not with --production), every HTTP error
names the referrals too, and it logs nothing that a person wrote.
"""

import argparse
import asyncio
import logging
import sys
from functools import partial
from pathlib import Path
from typing import Any

import skops.io  # noqa: F401  first: 2 s now, 55 s once TensorFlow is loaded
from rasa.core import run
from rasa.core.agent import Agent, load_agent
from rasa.core.channels.channel import InputChannel, register
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from addons import rasa_patches
from addons.channels.guarantee import GuardedInput
from addons.channels.incoming import clean_text
from addons.channels.rest import read_body
from addons.stores import SharedLockStore, check_stores, forget_old
from conch.settings import Settings, SettingsError, quiet_logs

logger = logging.getLogger(__name__)
SECONDS_BETWEEN_FORGETTING = 60.0
MAX_BODY = 1024 * 1024  # bytes; a larger body is refused with the referrals
LOOPBACK = "127.0.0.1"


def only_guarded(channels: list[InputChannel]) -> list[InputChannel]:
    """Refuses to start when a reply could leave the process without the referrals."""
    bad = [type(channel).__name__ for channel in channels if not isinstance(channel, GuardedInput)]
    if bad or not channels:
        names = ", ".join(bad) or "none"
        sys.exit(
            f"conch: credentials.yml: unguarded channel: {names}. Use a channel of addons/channels, "
            "or build yours on addons.channels.guarantee.GuardedInput"
        )
    return channels


def answer_error(request: Request, error: Exception) -> HTTPResponse:
    """Answers any HTTP error with the referrals, in the shape of a reply."""
    status = error.status_code if isinstance(error, SanicException) else 500
    if status >= 500:
        logger.error("request failed: %s", type(error).__name__)
    referrals = GuardedInput.directory.referrals
    lines = [line.dict() for line in referrals.lines()]
    return response.json([{"text": referrals.text(), "referrals": lines}], status=status)


def add_parse_route(app: Sanic) -> None:
    """Adds POST /model/parse {text}, the contract of taxonomy.yml, for tests and evaluation."""

    @app.post("/model/parse")
    async def parse(request: Request) -> HTTPResponse:
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            return response.json({"error": "no model is loaded: run `make train`"}, status=503)
        text = clean_text(read_body(request).get("text"), payloads=None)
        return response.json(await agent.parse_message(text))


async def load(model: Path, endpoints: AvailableEndpoints, app: Sanic, loop: Any) -> Agent | None:
    """Loads the newest model; without one the server still answers, with the referrals."""
    try:
        app.ctx.agent = await load_agent(model_path=str(model), endpoints=endpoints, loop=loop)
        if not app.ctx.agent.is_ready():  # Rasa says why in a warning, if at all
            raise FileNotFoundError("no model that can be read: run `make train`")
        GuardedInput.offer_payloads(app.ctx.agent.domain)
        locks = app.ctx.agent.lock_store
        GuardedInput.locks = locks if isinstance(locks, SharedLockStore) else None
    except Exception as error:
        logger.error("no model loaded from %s: %s: %s", model, type(error).__name__, error)
        app.ctx.agent = None
        return None
    return app.ctx.agent


async def forget_regularly(app: Sanic) -> None:
    """Drops old conversations at the start and every minute, also from a server that nobody writes to."""
    while True:
        agent = getattr(app.ctx, "agent", None)
        try:
            if agent is not None:
                await forget_old(agent.tracker_store)
        except Exception as error:
            logger.error("old conversations not forgotten: %s", type(error).__name__)
        await asyncio.sleep(SECONDS_BETWEEN_FORGETTING)


def make_app(settings: Settings) -> Sanic:
    """Builds the server from credentials.yml and endpoints.yml."""
    channels = only_guarded(run.create_http_input_channels(None, str(settings.credentials)))
    endpoints = AvailableEndpoints.read_endpoints(str(settings.endpoints))
    check_stores(endpoints, settings.stores)
    app = Sanic("conch", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.config.ACCESS_LOG = False
    register(channels, app, route="/webhooks/")
    app.error_handler.add(Exception, answer_error)
    if not settings.production:
        add_parse_route(app)
    app.add_task(forget_regularly)
    app.register_listener(partial(load, settings.model, endpoints), "before_server_start")
    return app


def main() -> None:
    """Starts the server with the settings of the environment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--production", action="store_true", help="no /model/parse; HOST from the environment")
    try:
        settings = Settings.from_environment(production=parser.parse_args().production)
        quiet_logs(settings.log_level)
        rasa_patches.apply()
        app = make_app(settings)
    except SettingsError as error:
        sys.exit(f"conch: {error}")
    host = settings.host if settings.production else LOOPBACK
    app.run(host=host, port=settings.port, access_log=False, workers=1)


if __name__ == "__main__":
    main()
