"""From an environment's name to a drill on the user's own account, and to putting one back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from lockgate.base.errors import EngineError, Interrupted, UsageError
from lockgate.drill import applied, dns_questions
from lockgate.drill.drill_journal import ADVICE, DrillJournalStore
from lockgate.drill.live import LiveDrill
from lockgate.drill.live import revert as revert_one
from lockgate.drill.live_plan import live_plan
from lockgate.drill.live_watch import Network
from lockgate.drill.timeline import Timeline
from lockgate.repository.environments import Environment
from lockgate.state.bucket import open_bucket
from lockgate.targets.aws_target import AwsTarget


def drill(
    environment: Environment,
    confirm: str | None,
    lose: str | None,
    name_servers: Sequence[str],
    resolver: str | None,
    say: Callable[[str], None],
) -> list[Timeline]:
    """Drill, if ``confirm`` is the environment's name; ``lose`` is a region, or the primaries'.

    ``name_servers`` and ``resolver`` are addresses, in place of the zone's and the system's.
    Raises UsageError, with what would be changed, without the name; Interrupted after a signal,
    when what was changed is put back; PolicyError and EngineError as ``LiveDrill.run`` does.
    """
    network = Network(
        tuple(dns_questions.read_server(name_server) for name_server in name_servers),
        dns_questions.addresses_by(dns_questions.read_server(resolver))
        if resolver
        else dns_questions.system_addresses,
    )
    name, target = environment.name, AwsTarget()
    state = target.state_object(environment)
    own = cache(target.client)
    models = applied.models(name, own, state)
    plan = live_plan(models, lose)
    if confirm != name:
        raise UsageError(
            f"This drill simulates the loss of {plan.region} for real clients. It would:\n"
            f"{plan.describe()}\nNothing was changed. If that is what you want: "
            f"`lockgate drill {name} --target aws --confirm {name}`."
        )
    say(f"Simulating the loss of {plan.region}:\n{plan.describe()}")
    store = DrillJournalStore(open_bucket(target, state.place, ADVICE))
    live = LiveDrill(name, plan, own("route53", "us-east-1"), store, network, say)
    try:
        return live.run()
    except KeyboardInterrupt as interrupt:
        raise Interrupted("Interrupted. What the drill had changed is put back.") from interrupt


def revert(chosen: Sequence[Environment], *, named: bool) -> list[str]:
    """Put back what unfinished drills of environments changed, and say what was done.

    Unless they were ``named``, those without a bucket for their state are passed over. Raises
    EngineError when all were tried.
    """
    target, said, failed = AwsTarget(), [], []
    route53 = target.client("route53", "us-east-1")
    for environment in chosen:
        try:
            place = target.state_bucket(environment)
        except UsageError:
            if named:
                raise
            continue  # without a bucket, no drill of it could begin
        store = DrillJournalStore(open_bucket(target, place, ADVICE))
        try:
            said += revert_one(route53, store, environment.name)
        except EngineError as error:
            failed.append(f"{environment.name}: {error}")
    if failed:
        raise EngineError("\n".join([*said, *failed]))
    return said or ["Nothing to put back: no drill is unfinished."]
