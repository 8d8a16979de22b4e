"""The real server with one more address, GET /conversations: the ids that its tracker store holds."""

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from addons import rasa_patches
from addons.server import LOOPBACK, make_app
from conch.settings import Settings, quiet_logs


async def conversations(request: Request) -> HTTPResponse:
    """Lists what is held."""
    return response.json(list(await request.app.ctx.agent.tracker_store.keys()))


def main() -> None:
    """Starts as `python -m addons.server` does."""
    settings = Settings.from_environment()
    quiet_logs(settings.log_level)
    rasa_patches.apply()
    app = make_app(settings)
    app.add_route(conversations, "/conversations")
    app.run(host=LOOPBACK, port=settings.port, access_log=False, workers=1)


if __name__ == "__main__":
    main()
