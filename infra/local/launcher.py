"""Runs MiniStack, the local AWS, with the few corrections that the product needs. Only `stack.py start` calls this.

Each correction names the behaviour of AWS that it restores. Settings arrive as environment variables.
"""

from __future__ import annotations

import asyncio
import json
import socketserver
import sys
from email.utils import parseaddr
from pathlib import Path

from process import hold

# Requests through the gateway that functions work on at the same time.
AT_ONCE = 16


def answer_at_once() -> None:
    """The Runtime API server sends small writes at once: waiting for more costs 40 ms per invocation."""
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    socketserver.StreamRequestHandler.wbufsize = -1


def queue_connections() -> None:
    """A burst of connections waits its turn; by default the 101st is dropped and tried again a second later, and later."""
    from hypercorn.config import Config

    Config.backlog = 4096


def pretend_tls() -> None:
    """Calls count as made over TLS, as all are on AWS; or a TLS-only bucket policy would refuse everybody."""
    from ministack import app

    pin = app.pin_request_origin
    app.pin_request_origin = lambda source_ip, _secure: pin(source_ip, True)


def import_whole_apis() -> None:
    """An API imported from OpenAPI brings its gateway responses and CORS headers along, not only its paths."""
    from ministack.services import apigateway_v1 as gateway

    import_api, import_operation = gateway._import_rest_api, gateway._import_operation

    def with_gateway_responses(spec: dict, base_data: dict | None = None) -> str:
        api_id = import_api(spec, base_data)
        for response_type, response in spec.get("x-amazon-apigateway-gateway-responses", {}).items():
            gateway._put_gateway_response(api_id, response_type, response)
        return api_id

    def with_integration_responses(api_id: str, resource_id: str, method: str, operation: dict, *rest: object) -> None:
        import_operation(api_id, resource_id, method, operation, *rest)
        integration = (operation or {}).get("x-amazon-apigateway-integration", {})
        for response in integration.get("responses", {}).values():
            gateway._put_integration_response(api_id, resource_id, method, str(response["statusCode"]), response)

    gateway._import_rest_api, gateway._import_operation = with_gateway_responses, with_integration_responses


def make_vector_indexes() -> None:
    """A table of CloudFormation has the vector indexes that the template gives it, ready when the stack is, or is refused."""
    from ministack.services import dynamodb
    from ministack.services.cloudformation import provisioners

    table = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    create, update = table["create"], table["update"]

    def checked(props: dict) -> list[dict]:
        indexes = [index | {"Dimensions": int(index["Dimensions"])} for index in props.get("VectorIndexes", [])]
        attributes = {attribute["AttributeName"] for attribute in props.get("AttributeDefinitions", [])}
        error = dynamodb._vector_indexes_error(indexes, [], props.get("BillingMode", "PROVISIONED"), attributes)
        if error:
            raise ValueError(f"AWS::DynamoDB::Table: {error[2]!r}")
        return indexes

    def make(name: str, indexes: list[dict]) -> None:
        records = [dynamodb._vector_index_record(name, index, online=False) for index in indexes]
        dynamodb._tables[name]["VectorIndexes"] = records

    def create_indexed(logical_id: str, props: dict, *rest: object) -> tuple:
        indexes = checked(props)
        created = create(logical_id, props, *rest)
        make(created[0], indexes)
        return created

    def update_indexed(physical_id: str, old_props: dict, new_props: dict, *rest: object, **further: object) -> tuple:
        indexes = checked(new_props)
        updated = update(physical_id, old_props, new_props, *rest, **further)
        make(updated[0], indexes)
        return updated

    table["create"], table["update"] = create_indexed, update_indexed


def leave_paths_encoded() -> None:
    """The gateway matches and hands on a path as it came, percent-encoded: a slash in a tag is no slash of the path."""
    from ministack import app

    handle = app._handle_execute_api_request

    async def handle_encoded(
        host: str, path: str, *request: object, raw_path: str | None = None, **rest: object
    ) -> tuple | None:
        return await handle(host, raw_path or path, *request, raw_path=raw_path, **rest)

    app._handle_execute_api_request = handle_encoded


def tell_the_address() -> None:
    """Functions are told how their caller reaches the gateway: by which scheme, domain and path, stage and all."""
    from ministack.services import apigateway_v1 as gateway

    build = gateway._build_lambda_event_v1

    def build_with_address(api_id: str, *request: object, **rest: object) -> dict:
        event = build(api_id, *request, **rest)
        context, host = event["requestContext"], event["headers"].get("host", "")
        context["domainName"] = host
        if not host.startswith(f"{api_id}."):
            context["path"] = f"/_aws/execute-api/{api_id}{context['path']}"
        event["headers"]["x-forwarded-proto"] = "http"
        event["multiValueHeaders"]["x-forwarded-proto"] = ["http"]
        return event

    gateway._build_lambda_event_v1 = build_with_address


def take_turns() -> None:
    """A burst of requests is answered, each in its time, as where every one has a machine of its own.

    Here they share one with the cloud: with hundreds of functions at work on two cores their calls would time out.
    """
    from ministack.services import apigateway_v1 as gateway

    invoke, turns = gateway._invoke_lambda_proxy_v1, asyncio.Semaphore(AT_ONCE)

    async def invoke_in_turn(*request: object, **rest: object) -> tuple:
        async with turns:
            return await invoke(*request, **rest)

    gateway._invoke_lambda_proxy_v1 = invoke_in_turn


def authorise_batches_as_their_parts() -> None:
    """IAM knows no batch actions of SQS: who may send a message may send ten."""
    from ministack.core import iam_actions

    extract = iam_actions.extract_iam_action

    def extract_single(service: str, *request: object) -> str | None:
        action = extract(service, *request)
        return action.removesuffix("Batch") if action and service == "sqs" else action

    iam_actions.extract_iam_action = extract_single


def authorise_mail_by_its_sender() -> None:
    """Sending a mail is an action on the identity of its sender, whose address is a condition key."""
    from ministack import app
    from ministack.core.responses import get_account_id

    enforce = app._enforce_ses_v2

    def enforce_by_sender(
        method: str, path: str, headers: dict, body: bytes, query_params: dict, request_id: str
    ) -> tuple | None:
        if (method, path.rstrip("/")) != ("POST", "/v2/email/outbound-emails"):
            return enforce(method, path, headers, body, query_params, request_id)
        sender = parseaddr(json.loads(body).get("FromEmailAddress", ""))[1]
        region = app.extract_region(headers, query_params)
        identity = f"arn:aws:ses:{region}:{get_account_id()}:identity/{sender}"
        return app._enforce_data_plane(
            "sesv2", "ses:SendEmail", headers, query_params, request_id,
            resource_arn=identity, named_resource=identity, service_context={"ses:FromAddress": sender},
        )

    app._enforce_ses_v2 = enforce_by_sender


def keep_function_logs() -> None:
    """What the functions write goes into the cloud's log too, where it outlives the cloud; tests look there."""
    from ministack.services import lambda_svc

    emit = lambda_svc._emit_lambda_logs

    def emit_and_print(func: dict, request_id: str, log_text: str, *rest: object, **further: object) -> None:
        if log_text:
            print(log_text, flush=True)
        emit(func, request_id, log_text, *rest, **further)

    lambda_svc._emit_lambda_logs = emit_and_print


def main() -> None:
    hold(Path(sys.argv.pop()))
    answer_at_once()
    from ministack import app

    queue_connections()
    pretend_tls()
    import_whole_apis()
    make_vector_indexes()
    leave_paths_encoded()
    tell_the_address()
    take_turns()
    authorise_batches_as_their_parts()
    authorise_mail_by_its_sender()
    keep_function_logs()
    app.main()


if __name__ == "__main__":
    main()
