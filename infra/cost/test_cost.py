"""Tests of the cost model: `make template` runs them, and `make cost` before it says anything."""

from __future__ import annotations

import json
import sys
import unittest
from collections import Counter
from copy import deepcopy
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

import sources
from cost import BEGIN, END, case, replaced
from doings import value_size
from inputs import Bill, Inputs, Options
from model import bill, cpu_time_ms, dollars, of_one
from sources import Function, disagreements, evaluated
from tables import token_dollars, total


class Formulas(unittest.TestCase):
    def test_a_formula_is_sums_and_products_of_numbers_and_names(self) -> None:
        self.assertEqual(evaluated("22 + 6 * tags + 2 * ceil(kb / 4)", {"tags": 2, "kb": 5}), 38)

    def test_nothing_else_is_run(self) -> None:
        for hostile in ("__import__('os').getcwd()", "tags.real", "ceil(1, 2)", "2 ** 9"):
            with self.assertRaises((ValueError, KeyError)):
                evaluated(hostile, {"tags": 1})


class TheDataModel(unittest.TestCase):
    def setUp(self) -> None:
        self.inputs = Inputs.read()

    def wrong(self, **changed: tuple[str, str]) -> list[str]:
        patterns = sources.patterns() | changed
        with mock.patch("sources.patterns", return_value=patterns):
            return disagreements(self.inputs.units, self.inputs.numbers())

    def test_units_are_those_of_the_data_model(self) -> None:
        self.assertEqual(disagreements(self.inputs.units, self.inputs.numbers()), [])

    def test_a_pattern_that_changed_is_noticed(self) -> None:
        self.assertIn("“refresh” has the writes “8”", self.wrong(refresh=("3", "8"))[0])

    def test_a_number_that_is_not_the_quoted_one_is_noticed(self) -> None:
        self.inputs.units["refresh"]["writes"] = 7
        self.assertEqual(len(self.wrong()), 1)
        self.inputs.units["refresh"]["writes"] = 6
        self.inputs.units["register"]["writes"] = 49
        self.assertIn("“register” has 49 writes here", self.wrong()[0])

    def test_a_pattern_that_is_gone_is_noticed(self) -> None:
        self.inputs.units["fly"] = {"says": ["1", ""]}
        self.assertEqual(self.wrong(), ["docs/data-model.md has no pattern “fly”"])

    def test_a_test_that_does_not_assert_it_any_more_is_noticed(self) -> None:
        self.inputs.units["create a memory"]["test"][1] = "(1.0, 99.0)"
        self.assertIn("any more", self.wrong()[0])


class WhatItStandsOn(unittest.TestCase):
    def test_operations_name_what_is_deployed_and_was_measured(self) -> None:
        inputs = Inputs.read()
        steps = [step for one in inputs.operations.values() for step in one["steps"] if not step.get("client")]
        for step in steps:
            self.assertIn(step["function"], inputs.stack.functions)
            self.assertIn(step["by"], {"api", "stream", *inputs.stack.queues})
            if step["by"] == "api":
                self.assertIn(step["route"], inputs.stack.routes)
            if "measured" in step:
                self.assertGreater(inputs.measured["operations"][step["measured"]][step["function"]]["cpuMs"], 0, step)
            for kind, what in step.get("models", []):
                self.assertIn({"chat": "in", "embedding": "tokens", "transcription": "minutes"}[kind], inputs.behaviour["models"][what])
        self.assertEqual({queue for queue in inputs.stack.queues} - {step["by"] for step in steps} - {"Index", "Imports"}, set())

    def test_a_firewall_rule_that_is_there_on_a_condition_is_not_counted(self) -> None:
        self.assertEqual(sources.deployed().firewall_rules, 8)

    def test_every_price_has_a_page_to_compare_it_with(self) -> None:
        prices = json.loads((sources.ROOT / "infra/cost/prices.json").read_text())
        self.assertEqual(set(prices["pages"]), {one["service"] for one in prices["prices"].values()})

    def test_what_people_do_is_known(self) -> None:
        inputs = Inputs.read()
        self.assertEqual(set(inputs.behaviour["perMonth"]), set(inputs.operations))
        self.assertLessEqual({one.get("of") for one in inputs.behaviour["perMonth"].values()} - {None}, set(inputs.behaviour["people"]["shares"]))


class Sums(unittest.TestCase):
    def setUp(self) -> None:
        self.inputs = Inputs.read()

    def test_saving_a_memory_takes_the_units_of_its_parts(self) -> None:
        used, ms = of_one(self.inputs, "save a memory")
        # The gate's, a transaction with category and tag in the second KB, and the index.
        self.assertEqual((used["readUnits"], used["writeUnits"]), (3 + 1 + 5, 1 + (22 + 6 + 2) + 6))
        self.assertEqual(set(ms), {"Memories", "Indexer"})

    def test_a_share_of_memory_is_a_share_of_a_cpu_and_never_more_than_one(self) -> None:
        self.assertAlmostEqual(cpu_time_ms(10, Function(256, 10, 0)), 69.1, places=1)
        self.assertEqual(cpu_time_ms(10, Function(3538, 10, 0)), 10)

    def test_twice_the_people_use_twice_the_units(self) -> None:
        once, twice = (bill(self.inputs, Options(many)).used for many in (1000, 2000))
        self.assertAlmostEqual(twice["writeUnits", "memories"] / once["writeUnits", "memories"], 2)
        self.assertEqual(once["secrets", "the platform"], twice["secrets", "the platform"])

    def test_nobody_costs_what_is_there_anyway(self) -> None:
        used = bill(self.inputs, Options(0)).used
        self.assertEqual(used["writeUnits", "memories"], 0)
        self.assertEqual(used["kmsKeys", "the platform"], 2)
        self.assertGreater(sum(amount for (price, _), amount in used.items() if price.startswith("sqs")), 5_000_000)

    def test_models_are_paid_only_where_they_are_asked(self) -> None:
        without, with_models = (bill(self.inputs, Options(1000, with_models=asked)).used for asked in (False, True))
        self.assertEqual(without["modelIn", "Memo"], 0)
        self.assertAlmostEqual(with_models["modelIn", "Memo"], 1000 * 0.7 * (12 * 1.5 * 4500 + 6 * 2500))
        self.assertGreater(with_models["lambdaGbSeconds", "Memo"], without["lambdaGbSeconds", "Memo"])

    def test_slower_functions_cost_more_and_nothing_else_does(self) -> None:
        once, twice = (dollars(self.inputs, bill(self.inputs, Options(1000, slower=slower))) for slower in (1, 2))
        self.assertEqual({price for price, feature in once if abs(once[price, feature] - twice[price, feature]) > 0.01}, {"lambdaGbSeconds"})

    def test_steps_of_a_price_and_what_is_free(self) -> None:
        made = Bill(used=Counter({("outGb", "files"): 10_340, ("outGb", "search"): 10_340}))
        self.assertAlmostEqual(sum(dollars(self.inputs, made).values()), 10_240 * 0.09 + 10_440 * 0.085)
        self.assertAlmostEqual(sum(dollars(self.inputs, made, free=True).values()), 10_240 * 0.09 + 10_340 * 0.085)

    def test_optional_stacks_are_left_out_unless_asked_for(self) -> None:
        plain = total(self.inputs, Options(1000))
        self.assertGreater(total(self.inputs, Options(1000, optional=("edge",))), plain + 5)
        fewer = deepcopy(self.inputs)
        fewer.stack.backup_days = 7
        self.assertLess(total(fewer, Options(1000, optional=("backup",))), total(self.inputs, Options(1000, optional=("backup",))))

    def test_budgets_are_those_of_the_template_and_priced_by_the_token(self) -> None:
        self.assertEqual(self.inputs.stack.ai_budgets["free"]["tokensPerDay"], 50_000)
        self.assertAlmostEqual(token_dollars(self.inputs) * 4850, 4500 * 0.25e-6 + 350 * 2e-6)

    def test_a_case_can_be_written_as_json(self) -> None:
        one = json.loads(json.dumps(case(self.inputs, Options(1000))))
        self.assertAlmostEqual(one["dollars"], sum(what["dollars"] for what in one["byPrice"].values()), delta=0.02)


class Documents(unittest.TestCase):
    def test_tables_replace_what_is_between_the_marks_and_nothing_else(self) -> None:
        self.assertEqual(replaced(f"a\n{BEGIN}old\n{END}b\n", "new\n"), f"a\n{BEGIN}new\n{END}b\n")


class Sizes(unittest.TestCase):
    def test_values_have_the_size_that_dynamodb_counts(self) -> None:
        self.assertEqual([value_size(value) for value in ({"S": "äb"}, {"B": b"123"}, {"BOOL": True}, {"N": "-0.125"}, {"L": [{"N": "1"}, {"S": "x"}]})], [3, 3, 1, 4, 8])


if __name__ == "__main__":
    unittest.main()
