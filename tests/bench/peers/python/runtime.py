"""Lambda's Runtime API, as small as it can be: less than Lambda's own client."""

import http.client
import json
import os
import sys
import traceback

BASE = "/2018-06-01/runtime/invocation"


def serve(handle):
    """Handles one event after the other."""
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        connection.request("GET", f"{BASE}/next")
        following = connection.getresponse()
        event = json.loads(following.read())
        place = f"{BASE}/{following.headers['lambda-runtime-aws-request-id']}"
        try:
            way, answer = "response", handle(event)
        except Exception as error:  # noqa: BLE001 - Lambda wants to know of whatever it is
            traceback.print_exc(file=sys.stderr)
            way, answer = "error", {"errorType": type(error).__name__, "errorMessage": str(error)}
        connection.request("POST", f"{place}/{way}", json.dumps(answer), {"content-type": "application/json"})
        connection.getresponse().read()
