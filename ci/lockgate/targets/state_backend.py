"""Where an environment's state is kept: the bucket and key that its backend names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lockgate.base.errors import EngineError, UsageError
from lockgate.base.paths import SETTINGS_FILE
from lockgate.engine.dialect import configured_dialect
from lockgate.repository.environments import Environment
from lockgate_policies.hcl.reading import parse
from lockgate_policies.hcl.text import value_of
from lockgate_policies.hcl.tokens import HclSyntaxError
from lockgate_policies.model.hcl_reader import HclError, read_module

# A backend with one of these is reached by other ways than AWS's own variables tell.
_OWN_ACCESS = (
    "access_key",
    "assume_role",
    "assume_role_with_web_identity",
    "endpoint",
    "endpoints",
    "profile",
    "role_arn",
    "shared_config_files",
    "shared_credentials_file",
    "shared_credentials_files",
)


@dataclass(frozen=True)
class StateBucket:
    """A bucket that holds states, and its region."""

    name: str
    region: str


@dataclass(frozen=True)
class StateObject:
    """The object that holds one environment's state.

    ``base_key`` is the backend's; a CLI workspace other than the default has one of its own below
    ``workspace_prefix`` (https://developer.hashicorp.com/terraform/language/backend/s3).
    """

    bucket: str
    base_key: str
    region: str
    workspace: str = ""
    workspace_prefix: str = "env:"

    @property
    def key(self) -> str:
        """The key that the state lies under."""
        if self.workspace in ("", "default"):
            return self.base_key
        return f"{self.workspace_prefix}/{self.workspace}/{self.base_key}"

    @property
    def place(self) -> StateBucket:
        """The bucket that it lies in."""
        return StateBucket(self.bucket, self.region)


def state_object(environment: Environment) -> StateObject:
    """The object that an environment's ``s3`` backend keeps the state in.

    Raises UsageError if bucket, region and key are not written there as plain texts, EngineError
    if the environment's HCL cannot be read.
    """
    bucket, arguments = state_bucket(environment), _backend(environment)
    key, prefix = arguments.get("key"), arguments.get("workspace_key_prefix", "env:")
    if not isinstance(key, str):
        raise UsageError(
            f'{environment.inside}: its state cannot be found. Give its backend "s3" the key '
            "as a plain text."
        )
    return StateObject(bucket.name, key, bucket.region, environment.inputs.workspace, str(prefix))


def must_be_its_own(environment: Environment) -> None:
    """Raise UsageError if nothing tells an environment's state apart from another one's."""
    if environment.twin:
        raise UsageError(
            f"{environment.name} and {environment.twin} have one root module "
            f"({environment.inside}), one workspace and one backend configuration, and so one "
            "state: each would destroy what the other has. Give each a workspace or a "
            f"backend_config in {SETTINGS_FILE}: docs/environments.md"
        )


def state_bucket(environment: Environment) -> StateBucket:
    """The bucket of an environment's ``s3`` backend.

    Raises UsageError if bucket and region are not written there as plain texts, EngineError if
    the environment's HCL cannot be read.
    """
    # What is kept for several root modules together lies beside the first one's state.
    environment = environment.roots[0]
    arguments = _backend(environment)
    bucket, region = arguments.get("bucket"), arguments.get("region")
    if not isinstance(bucket, str) or not isinstance(region, str):
        raise UsageError(
            f"{environment.inside}: Lockgate keeps what it writes down beside the state. Give "
            'it a backend "s3" with the bucket and region as plain texts.'
        )
    return StateBucket(bucket, region)


def has_own_access(environment: Environment) -> bool:
    """Whether the backend says itself by whom or where it is reached. Raises EngineError."""
    arguments = _backend(environment)
    return any(name in arguments for name in _OWN_ACCESS)


def _backend(environment: Environment) -> dict[str, Any]:
    """The arguments of an ``s3`` backend; none where there is another one, or none.

    What ``init`` is given by ``-backend-config`` counts, too.
    """
    try:
        backend = read_module(
            environment.directory, environment.root, configured_dialect(environment)
        )["backend"]
    except HclError as error:
        raise EngineError(str(error)) from error
    if not backend or backend["type"] != "s3":
        return {}
    return {**backend["arguments"], **given_backend(environment)}


def given_backend(environment: Environment) -> dict[str, Any]:
    """What the settings' ``backend_config`` says: ``key=value``, or a file of such lines.

    Raises EngineError for a file that cannot be read.
    """
    given: dict[str, Any] = {}
    for entry in environment.inputs.backend_config:
        name, told, value = entry.partition("=")
        if told:
            text = value.strip()
            given[name.strip()] = {"true": True, "false": False}.get(text, text)
            continue
        file = environment.root / entry
        try:
            document = parse(file.name, file.read_bytes())
        except OSError as error:
            raise EngineError(f"{entry}: cannot be read: {error.strerror}") from error
        except HclSyntaxError as error:
            raise EngineError(
                f"{entry}:{error.line}: does not parse as HCL: {error.problem}"
            ) from error
        given |= {attribute.name: value_of(attribute) for attribute in document.attributes}
    return given
