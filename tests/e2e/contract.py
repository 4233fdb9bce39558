"""Compares what census sends and keeps of AWS's services with the models that AWS makes its SDKs from.

usage: contract.py ENDPOINTS.json CALLS.json...

Each CALLS.json is what a test of `fetch/*/contract.rs` writes down, ENDPOINTS.json
what `client/endpoint.rs` writes down: the host of each service by region, FIPS and dual stack. Prints one line for each difference; none: all is well.
"""

import json
import sys

import botocore.session
from botocore.endpoint_provider import EndpointProvider

SESSION = botocore.session.Session()
LOADER = SESSION.get_component("data_loader")
PROTOCOLS = {"application/x-amz-json-1.0": ("json", "1.0"), "application/x-amz-json-1.1": ("json", "1.1")}
# The headers of parameters that travel in one.
HEADERS = {"AccountId": "x-amz-account-id"}
KINDS = {"string": {"string"}, "bool": {"boolean"}}

# Where census knowingly differs from the models, and why.
KNOWN = {
    # Without FIPS the model gives GovCloud's dual-stack name of Step Functions with it.
    ("SFN", "us-gov-west-1", False, True),
    ("SFN", "us-gov-east-1", False, True),
    # With FIPS the model leaves it out of GovCloud's dual-stack name of EventBridge.
    ("EventBridge", "us-gov-west-1", True, True),
    ("EventBridge", "us-gov-east-1", True, True),
}


def services():
    """Model names by service id."""
    return {SESSION.get_service_model(name).metadata["serviceId"]: name for name in SESSION.get_available_services()}


def wire(name, shape):
    return shape.serialization.get("name", name)


def kept(path, fields, shape, differences):
    """Every field that is kept is one of the model, of the kind that is expected."""
    if isinstance(fields, list):
        if shape.type_name != "list":
            differences.append(f"{path} is no list but {shape.type_name}")
        else:
            kept(path + "[]", fields[0], shape.member, differences)
    elif isinstance(fields, dict) and shape.type_name == "map":
        # In XML a map is a list of entries. In JSON its fields are keys, which no model lists.
        [entry] = fields.get("entry", [None])
        below = [entry["value"]] if entry else fields.values()
        for value in below:
            kept(f"{path}[]", value, shape.value, differences)
    elif isinstance(fields, dict):
        members = {wire(name, member): member for name, member in getattr(shape, "members", {}).items()}
        for field, below in fields.items():
            if field not in members:
                differences.append(f"{path}.{field} is not in the model")
            else:
                kept(f"{path}.{field}", below, members[field], differences)
    elif shape.type_name not in KINDS[fields]:
        differences.append(f"{path} is no {fields} but {shape.type_name}")


def sent(call, model, differences):
    members = {wire(name, member): member for name, member in model.input_shape.members.items()}
    headers = HEADERS if call["method"] == "GET of an account" else {}
    probe = [headers.get(name, name) for name in call["probe"]]
    for name in probe:
        # The dialect of EC2 capitalizes names.
        if name not in members and not (call["protocol"] == "ec2" and name[0].lower() + name[1:] in members):
            differences.append(f"parameter {name} is not in the model")
            continue
        place = members.get(name, None)
        place = place.serialization.get("location") if place is not None else None
        in_path = "{" + name + "}" in call["path"]
        expected = {"GET": "querystring", "POST with a query": "querystring", "GET of an account": "header"}.get(call["method"])
        expected = "uri" if in_path else expected
        if call["protocol"].startswith("rest-") and place != expected:
            differences.append(f"parameter {name} is sent as {expected}, not as {place}")
    for name in model.input_shape.required_members:
        if wire(name, model.input_shape.members[name]) not in probe:
            differences.append(f"parameter {name} is required and not tried")


def compare(call, names):
    differences = []
    service = call["service"]
    model = SESSION.get_service_model(names[service["id"]])
    metadata = model.metadata
    operation = model.operation_model(call["operation"])
    protocol, version = PROTOCOLS.get(call["protocol"], (call["protocol"], None))
    given = {
        "protocol": (protocol, metadata["protocol"]),
        "host": (service["host"], metadata["endpointPrefix"]),
        "signing name": (service["signing"], metadata.get("signingName", metadata["endpointPrefix"])),
        "method": (call["method"].split()[0], operation.http["method"]),
        "path": (call["path"], operation.http["requestUri"].partition("?")[0]),
    }
    if protocol == "json":
        given["JSON version"] = (version, metadata["jsonVersion"])
        given["target"] = (call["target"], metadata["targetPrefix"])
    if protocol in ("query", "ec2"):
        given["API version"] = (call["version"], metadata["apiVersion"])
    differences += [f"{what} is {ours!r}, in the model {theirs!r}" for what, (ours, theirs) in given.items() if ours != theirs]
    sent(call, operation, differences)
    answer = operation.output_shape
    payload = answer.members.get(answer.serialization.get("payload"))
    # A structure that is the body has no field of its own there.
    body = payload if payload is not None and payload.type_name == "structure" else answer
    kept("answer", call["kept"], body, differences)
    return [f"{service['id']} {call['operation']}: {one}" for one in differences]


def endpoints(asked, names):
    partitions = LOADER.load_data("partitions")
    for one in asked:
        name = names[one["service"]]
        rules = EndpointProvider(LOADER.load_service_model(name, "endpoint-rule-set-1"), partitions)
        for region, fips, dual_stack, host in one["hosts"]:
            url = rules.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual_stack).url
            if url != "https://" + host and (one["service"], region, fips, dual_stack) not in KNOWN:
                yield f"{one['service']} in {region} (FIPS {fips}, dual stack {dual_stack}): {host} is in the model {url}"


def listed(asked, names):
    """Where AWS lists an endpoint."""
    for one in asked:
        regions = {r for p in ("aws", "aws-us-gov", "aws-cn") for r in SESSION.get_available_regions(names[one["service"]], p)}
        if set(one["listed"]) != regions:
            yield f"{one['service']}: listed in other regions: {sorted(regions ^ set(one['listed']))}"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        ENDPOINTS = json.load(file)
    CALLS = []
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            CALLS += json.load(file)
    assert len(CALLS) > 60 and len(ENDPOINTS) > 20, "too little to compare"
    NAMES = services()
    for line in [*(line for call in CALLS for line in compare(call, NAMES)), *endpoints(ENDPOINTS, NAMES), *listed(ENDPOINTS, NAMES)]:
        print(line)
