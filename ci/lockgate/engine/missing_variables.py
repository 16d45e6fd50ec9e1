"""What is said where a root module's variable has no value: which ones, and how to give them."""

from __future__ import annotations

import re

# https://developer.hashicorp.com/terraform/language/values/variables
_MISSING = re.compile(
    r"No value for required variable.*?The root module input variable \"(?P<name>[^\"]+)\" is not "
    r"set",
    re.DOTALL,
)
_LONE = re.compile(r"[\s│╷╵]+")


def ways_to_give(message: str, environment: str) -> str:
    """The next step after Terraform's message; "" if it misses no variable's value."""
    names = list(dict.fromkeys(_MISSING.findall(_LONE.sub(" ", message))))
    if not names:
        return ""
    first = names[0]
    several = "These variables have" if len(names) > 1 else "This variable has"
    return (
        f"\n{several} no value: {', '.join(names)}. Give one with -var '{first}=VALUE', with "
        f"-var-file FILE, as TF_VAR_{first}, or in lockgate.yaml under environments.{environment} "
        "(variables or var_files). If only the pipeline knows it and the verdict does not need it, "
        "list it there under unknown_variables."
    )
