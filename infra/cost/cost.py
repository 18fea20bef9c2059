#!/usr/bin/env python3
"""What the service costs in a month, by what people do. `make cost` calls this; README.md says where every number comes from.

    cost.py            the tables of docs/cost.md, for the numbers as they are now
    cost.py --json     the same as JSON, with quantities
    cost.py --check    fails if docs/cost.md has other tables, or what the numbers stand on has changed
    cost.py --write    puts the tables into docs/cost.md
    cost.py --people 5000 --factor 2 --models    one case
"""

from __future__ import annotations

import argparse
import json
import sys

from inputs import OPTIONAL, Inputs, Options
from model import bill, dollars
from sources import ROOT, disagreements
from tables import all_tables, by

DOCUMENT = ROOT / "docs/cost.md"
BEGIN, END = "<!-- cost.py: begin -->\n", "<!-- cost.py: end -->\n"


def replaced(document: str, tables: str) -> str:
    """The document with these tables between its marks."""
    if document.count(BEGIN) != 1 or document.count(END) != 1:
        sys.exit(f"{DOCUMENT} needs the marks {BEGIN.strip()} and {END.strip()}, once each.")
    before, rest = document.split(BEGIN)
    return before + BEGIN + tables + END + rest.split(END)[1]


def case(inputs: Inputs, options: Options) -> dict[str, object]:
    """One case in numbers: quantities and dollars by price, and sums."""
    made = bill(inputs, options)
    paid = dollars(inputs, made)
    names = sorted({name for name, _ in made.used})
    return {
        "people": options.people, "factor": options.factor, "withModels": options.with_models, "dollars": round(sum(paid.values()), 2),
        "byService": {key: round(value, 2) for key, value in by(inputs, paid, "service").items()},
        "byFeature": {key: round(value, 2) for key, value in by(inputs, paid, "feature").items()},
        "byPrice": {
            name: {
                "quantity": round(sum(amount for (price, _), amount in made.used.items() if price == name), 3),
                "unit": inputs.prices[name]["unit"], "dollars": round(sum(usd for (price, _), usd in paid.items() if price == name), 4),
            }
            for name in names
        },
        "gbSecondsByFunction": {name: round(ms / 1000 * inputs.stack.functions[name].memory_mb / 1024) for name, ms in sorted(made.busy_ms.items())},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="as JSON, with quantities")
    parser.add_argument("--check", action="store_true", help="fail if docs/cost.md is out of date")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/cost.md")
    parser.add_argument("--people", type=float, help="one case: for so many")
    parser.add_argument("--factor", type=float, default=1, help="who do so much more than is typical (%(default)s)")
    parser.add_argument("--models", action="store_true", help="with models of others")
    parser.add_argument("--with", dest="optional", action="append", default=[], choices=OPTIONAL, help="an optional stack; may be repeated")
    options = parser.parse_args()
    inputs = Inputs.read()
    if wrong := disagreements(inputs.units, inputs.numbers()):
        sys.exit("infra/cost/units.json does not fit:\n" + "\n".join(wrong))
    if options.people is not None:
        one = Options(options.people, options.factor, options.models, optional=tuple(options.optional))
        return print(json.dumps(case(inputs, one), indent=1))
    if options.json:
        people = inputs.behaviour["people"]
        cases = [case(inputs, Options(many, factor, models)) for many in people["scenarios"] for factor in people["factors"].values() for models in (False, True)]
        return print(json.dumps({"asOf": inputs.asof, "cases": cases}, indent=1))
    tables, document = all_tables(inputs), DOCUMENT.read_text()
    if options.check:
        if replaced(document, tables) != document:
            sys.exit("The tables of docs/cost.md are out of date: make cost WRITE=1")
        return None
    if options.write:
        DOCUMENT.write_text(replaced(document, tables))
    return print(tables)


if __name__ == "__main__":
    main()
