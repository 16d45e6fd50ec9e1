"""Which target a command works with, by the name that the command line gives it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from lockgate.base.errors import EngineError, UsageError
from lockgate.engine.engine import Engine
from lockgate.engine.provider_choice import ProviderChoice
from lockgate.install.provider_binary import ProviderBinary
from lockgate.install.slow_command import Say
from lockgate.repository.environments import Environment
from lockgate.repository.settings import read_settings_document, settings_for
from lockgate.targets import local_aws
from lockgate.targets.aws_target import AwsTarget
from lockgate.targets.embedded_target import EmbeddedTarget, ProviderOf, bundled
from lockgate.targets.target import Target

ENDPOINT_VARIABLE = "LOCKGATE_ENDPOINT"


@contextmanager
def for_check(name: str, engine: Engine, say: Say) -> Iterator[Target]:
    """The target to judge plans on: a throw-away embedded AWS, or the user's account."""
    if name == "aws":
        yield AwsTarget()
    else:
        with local_aws.throw_away() as endpoint:
            yield EmbeddedTarget(endpoint, False, chosen_provider(engine, say))


@contextmanager
def for_apply(name: str, root: Path, say: Say, engine: Engine | None = None) -> Iterator[Target]:
    """The target to apply to: the repository's embedded AWS, started if need be, or the account.

    ``engine`` is what works there; without one, nothing is planned or applied.

    LOCKGATE_ENDPOINT names an embedded AWS that is up already, for several checkouts to share.
    Says so when the embedded AWS was lost on the way.
    """
    if name == "aws":
        yield AwsTarget()
        return
    provider_of = chosen_provider(engine, say) if engine else bundled
    endpoint = os.environ.get(ENDPOINT_VARIABLE)
    if endpoint:
        _must_be_loopback(endpoint)
        yield EmbeddedTarget(endpoint.rstrip("/"), True, provider_of)
        return
    server, started = local_aws.up(root)
    if started:
        say(f"Started the embedded AWS at {server.endpoint} (`lockgate local down` stops it)")
    try:
        yield EmbeddedTarget(server.endpoint, True, provider_of)
    except EngineError as error:
        if local_aws.status(root) == server:
            raise
        raise EngineError(
            f"{error}\nThe embedded AWS is gone, and all that was in it, the state too. "
            "Apply again: a new one will be started, empty."
        ) from error


@contextmanager
def for_reading(name: str, root: Path, engine: Engine | None = None) -> Iterator[Target | None]:
    """The target to look at as it is: an embedded AWS that is not up is not started, but None."""
    up = os.environ.get(ENDPOINT_VARIABLE) or local_aws.status(root) is not None
    if name == "embedded" and not up:
        yield None
        return
    with for_apply(name, root, lambda _: None, engine) as target:
        yield target


def chosen_provider(engine: Engine, say: Say) -> ProviderOf:
    """The provider that each environment is judged with is the one that it is applied with."""
    choice = ProviderChoice.of_this_run(engine, say)

    def of(environment: Environment) -> ProviderBinary:
        document = read_settings_document(environment.root)
        setting = settings_for(document, environment.name).provider
        return choice.of(environment, setting, lambda what: say(f"{environment.name} {what}"))

    return of


def _must_be_loopback(endpoint: str) -> None:
    """Whatever stands there is given throw-away credentials and everything that is applied."""
    parts = urlsplit(endpoint)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost"):
        raise UsageError(
            f"{ENDPOINT_VARIABLE} is '{endpoint}': an embedded AWS is at http://127.0.0.1:PORT. "
            "`lockgate local up` starts one and tells its address."
        )
