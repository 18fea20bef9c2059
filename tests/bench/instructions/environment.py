"""The variables that `template.yaml` gives a function, with names of resources in the place of what AWS would make."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms: `!Ref X` becomes `{"Ref": "X"}`."""


def _short_form(loader: Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {tag: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    return {tag: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", _short_form)


def function_of(template: Path, folder: str) -> dict[str, str]:
    """The variables of the function whose code is in this folder."""
    document = yaml.load(template.read_text(), Loader)
    parameters = {name: str(parameter.get("Default", "")) for name, parameter in document["Parameters"].items()}
    functions = (resource["Properties"] for resource in document["Resources"].values() if resource["Type"] == "AWS::Serverless::Function")
    function = next(function for function in functions if function["CodeUri"] == f"target/lambda/{folder}/")
    shared = document["Globals"]["Function"]["Environment"]["Variables"]
    variables = shared | function["Environment"]["Variables"]
    return {name: _text(value, parameters) for name, value in variables.items()}


def _text(value: Any, parameters: dict[str, str]) -> str:
    match value:
        case {"Ref": name}:
            return parameters.get(name, name)
        case {"GetAtt": name}:
            return name.split(".")[0]
        case {"Sub": text}:
            return re.sub(r"\$\{(\w+)\}", lambda found: parameters.get(found[1], found[1]), text)
        case {"If": [_, _, otherwise]}:
            return _text(otherwise, parameters)
        case str():
            return value
    raise ValueError(f"nobody knows what {value} stands for")
