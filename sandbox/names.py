"""The grammars of Kubernetes names. Each function answers with messages, none when the value is good."""

import re

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035 = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE = rf"({_QUALIFIED})?"
_CONFIG_KEY = r"[-._a-zA-Z0-9]+"
_CONTROLLER = re.compile(rf"{_SUBDOMAIN}/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+")

SUBDOMAIN_MESSAGE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an "
    f"alphanumeric character (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)
LABEL_MESSAGE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
    "start and end with an "
    f"alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
LABEL_1035_MESSAGE = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an "
    f"alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '{_LABEL_1035}')"
)
WILDCARD_MESSAGE = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which "
    "must consist of lower case alphanumeric "
    "characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is "
    rf"'\*\.{_SUBDOMAIN}')"
)
QUALIFIED_MESSAGE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
    "an alphanumeric character "
    f"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_QUALIFIED}')"
)
LABEL_VALUE_MESSAGE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an "
    "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation "
    f"is '({_LABEL_VALUE[1:-2]})?')"
)
CONFIG_KEY_MESSAGE = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  "
    "or 'KEY_NAME',  or 'key-name', "
    f"regex used for validation is '{_CONFIG_KEY}')"
)


def _check(value: str, pattern: str, longest: int, message: str) -> list[str]:
    problems = [f"must be no more than {longest} characters"] if len(value) > longest else []
    return problems if re.fullmatch(pattern, value) else [*problems, message]


def subdomain(value: str) -> list[str]:
    return _check(value, _SUBDOMAIN, 253, SUBDOMAIN_MESSAGE)


def label(value: str) -> list[str]:
    dots = ["must not contain dots"] if "." in value else []
    return dots or _check(value, _LABEL, 63, LABEL_MESSAGE)


def label_1035(value: str) -> list[str]:
    return _check(value, _LABEL_1035, 63, LABEL_1035_MESSAGE)


def wildcard(value: str) -> list[str]:
    return _check(value, rf"\*\.{_SUBDOMAIN}", 253, WILDCARD_MESSAGE)


def label_value(value: str) -> list[str]:
    return _check(value, _LABEL_VALUE, 63, LABEL_VALUE_MESSAGE)


def config_key(value: str) -> list[str]:
    return _check(value, _CONFIG_KEY, 253, CONFIG_KEY_MESSAGE)


def qualified_name(value: str) -> list[str]:
    prefix, slash, name = value.rpartition("/")
    if slash:
        problems = (
            [f"prefix part {text}" for text in subdomain(prefix)] if prefix else ["prefix part must be non-empty"]
        )
    else:
        problems = []
    if not name:
        return [*problems, "name part must be non-empty", QUALIFIED_MESSAGE]
    if len(name) > 63:
        problems.append("name part must be no more than 63 characters")
    return problems if re.fullmatch(_QUALIFIED, name) else [*problems, QUALIFIED_MESSAGE]


def controller_name(value: str) -> list[str]:
    return [] if _CONTROLLER.fullmatch(value) else ['must be a domain-prefixed path (such as "acme.io/foo")']


def port_number(value: int) -> list[str]:
    return [] if 1 <= value <= 65535 else ["must be between 1 and 65535, inclusive"]


def port_name(value: str) -> list[str]:
    problems = []
    if len(value) > 15:
        problems.append("must be no more than 15 characters")
    if not re.fullmatch(r"[-a-z0-9]+", value):
        problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search(r"[a-z]", value):
        problems.append("must contain at least one letter (a-z)")
    if "--" in value:
        problems.append("must not contain consecutive hyphens")
    if value and (value[0] == "-" or value[-1] == "-"):
        problems.append("must not begin or end with a hyphen")
    return problems
