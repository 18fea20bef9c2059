"""Seed 004's “Infrastructure Costs (Monthly)”, and what stands here for each of its items."""

from __future__ import annotations

from inputs import Inputs, Options
from model import bill, dollars

PLAN = {
    "Cloud hosting (Kubernetes)": 300, "Database (PostgreSQL)": 150, "Redis": 100, "OpenAI": 200, "Pinecone": 100,
    "WhatsApp Business API": 50, "Monitoring and logging": 100, "CDN and storage": 50,
}
OTHERS = "nothing in the plan: keys, secrets, mail, firewall"
# Which service is which item. What is of DynamoDB is looked at more closely below.
SERVICES = {
    "Lambda": "Cloud hosting (Kubernetes)", "API Gateway": "Cloud hosting (Kubernetes)", "SQS": "Redis", "EventBridge Scheduler": "Redis",
    "DynamoDB": "Database (PostgreSQL)", "Models": "OpenAI", "WhatsApp": "WhatsApp Business API", "CloudWatch": "Monitoring and logging",
    "X-Ray": "Monitoring and logging", "S3": "CDN and storage", "Data transfer out": "CDN and storage",
}
PLAN |= {OTHERS: 0}
VECTORS = {"vectorWrittenGb", "vectorGb", "vectorExaminedGb"}
GATE = "any request of a caller, besides its own"


def item_of(inputs: Inputs, price: str) -> str:
    return "Pinecone" if price in VECTORS else SERVICES.get(inputs.prices[price]["service"], OTHERS)


def beside(inputs: Inputs, item: str, options: Options) -> float:
    """What we pay for one of the seed's items. Redis was for sessions, limits and queues: of the table's units, those of the gate before every request."""
    options = Options(options.people, options.factor, options.with_models, optional=("edge", "observability"))
    paid = dollars(inputs, bill(inputs, options))
    usd = sum(amount for (price, _), amount in paid.items() if item_of(inputs, price) == item)
    if item in ("Redis", "Database (PostgreSQL)"):
        calls = sum(
            inputs.each_month(name) * step.get("times", 1) * options.people * options.factor
            for name, one in inputs.operations.items() for step in one["steps"] if GATE in step.get("table", [])
        )
        units = inputs.units[GATE]
        gate = sum(units[kind] * inputs.prices[price]["usd"] / inputs.prices[price]["per"] for kind, price in (("reads", "readUnits"), ("writes", "writeUnits")))
        usd += calls * gate * (1 if item == "Redis" else -1)
    return usd
