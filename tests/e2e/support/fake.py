"""An AWS endpoint that answers as a scenario says, in every protocol, held to AWS's own models of the services.

usage: fake.py PORT

POST /scenario  takes {"account", "answers": [ANSWER…], "faults": [FAULT…]} and forgets the calls
GET /calls      lists the calls since then, each {"operation", "region", "key", "parameters"}

ANSWER = {"operation": "lambda:ListFunctions", "region"?, "key"?, "with"?: {parameter: value}, "pages": [{…}, …]}
FAULT  = {"operation", "region"?, "key"?, "with"?, "page"?, "status", "code", "times"?}

"key" is the access key that a call is signed with, which tells the sessions of entered accounts apart.

What nobody gave an answer for is empty. A request that is not in the model, in whatever part, and an answer that is
not, are errors with status 599. Pages follow one another by a token that the fake makes up and checks.
"""

import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

import botocore.session
from botocore.validate import ParamValidator
from moto.core.model import ServiceModel
from moto.core.serialize import get_serializer_class

SESSION = botocore.session.Session()
LOADER = SESSION.get_component("data_loader")

# The prefix of permissions, by the name of the model.
SERVICES = {
    "apprunner": "apprunner", "autoscaling": "autoscaling", "batch": "batch", "bedrock-agent": "bedrock",
    "bedrock-agentcore-control": "bedrock-agentcore", "cloudformation": "cloudformation", "codebuild": "codebuild",
    "dynamodbstreams": "dynamodb", "ec2": "ec2", "ecs": "ecs", "eks": "eks", "emr": "elasticmapreduce", "glue": "glue",
    "iam": "iam", "identitystore": "identitystore", "lambda": "lambda", "organizations": "organizations", "rolesanywhere": "rolesanywhere",
    "sagemaker": "sagemaker", "scheduler": "scheduler", "sso-admin": "sso", "stepfunctions": "states", "sts": "sts",
}
# Where a listing has pages and no paginator in the models.
TOKENS = {
    "apprunner:ListServices": ("NextToken", "NextToken"),
    "dynamodb:ListStreams": ("ExclusiveStartStreamArn", "LastEvaluatedStreamArn"),
    "iam:ListServiceSpecificCredentials": ("Marker", "Marker"),
}
# As long as the longest that a model asks for.
TOKEN = "the-page-that-follows-in-the-scenario-has-the-number-"


class Refused(Exception):
    """A request or an answer that is not in the model."""


class Service:
    """One model."""

    def __init__(self, name):
        self.name, self.prefix = name, SERVICES[name]
        self.model = ServiceModel(LOADER.load_service_model(name, "service-2"), name)
        self.signing = self.model.metadata.get("signingName", self.model.metadata["endpointPrefix"])
        self.protocol = self.model.metadata["protocol"]
        self.paths = []
        if self.protocol == "rest-json":
            for operation in self.model.operation_names:
                http = self.model.operation_model(operation).http
                path = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(http["requestUri"].partition("?")[0]))
                self.paths.append((http["method"], re.compile(path + "$"), operation))

    def tokens(self, operation):
        if f"{self.prefix}:{operation}" in TOKENS:
            return TOKENS[f"{self.prefix}:{operation}"]
        try:
            page = SESSION.get_paginator_model(self.name).get_paginator(operation)
        except (ValueError, botocore.exceptions.UnknownServiceError, botocore.exceptions.DataNotFoundError):
            return None
        return page["input_token"], page["output_token"]


ALL = [Service(name) for name in SERVICES]


def names(shape):
    return {member.serialization.get("name", name): name for name, member in shape.members.items()}


def parameters(service, operation, request):
    """The parameters of a request by their names in the model; refuses what is not in it."""
    shape = service.model.operation_model(operation).input_shape
    members = shape.members if shape else {}
    if service.protocol in ("query", "ec2"):
        found = {}
        for key, value in request.form:
            if key in ("Action", "Version"):
                continue
            top = key.split(".")[0]
            known = [name for name in members if top in (name, wire(service, members[name], name))]
            if not known:
                raise Refused(f"{operation}: no parameter {key}")
            found.setdefault(known[0], value)
        version = dict(request.form)["Version"]
        if version != service.model.metadata["apiVersion"]:
            raise Refused(f"{operation}: version {version}")
        return found
    if service.protocol == "json":
        found = json.loads(request.body)
    else:
        found = dict(request.path_parameters)
        located = {wire(service, member, name): (name, member) for name, member in members.items()}
        for name, value in request.query:
            if name not in located or located[name][1].serialization.get("location") != "querystring":
                raise Refused(f"{operation}: no query parameter {name}")
            found[located[name][0]] = int(value) if located[name][1].type_name == "integer" else value
        for name in [name for name in found if name in located]:
            found[located[name][0]] = found.pop(name)
        for name, value in (json.loads(request.body) if request.body else {}).items():
            if name not in located or located[name][1].serialization.get("location"):
                raise Refused(f"{operation}: no parameter {name} of the body")
            found[located[name][0]] = value
    if shape:
        report = ParamValidator().validate(found, shape)
        if report.has_errors():
            raise Refused(f"{operation}: {report.generate_report()}")
    return found


def wire(service, member, name):
    name = member.serialization.get("queryName") or member.serialization.get("name", name)
    return name[0].upper() + name[1:] if service.protocol == "ec2" else name


class Scenario:
    """What is answered."""

    def __init__(self, told):
        self.account = told.get("account", "111122223333")
        self.answers, self.faults, self.calls = told.get("answers", []), told.get("faults", []), []

    def answer(self, service, operation, request, given):
        name, region = f"{service.prefix}:{operation}", request.region

        def fits(rule):
            at = rule.get("region", region) == region and rule.get("key", request.key) == request.key
            return at and all(given.get(key) == value for key, value in rule.get("with", {}).items())

        tokens = service.tokens(operation)
        token = given.get(tokens[0]) if tokens else None
        page = int(token.removeprefix(TOKEN)) if token else 0
        for fault in self.faults:
            is_meant = fault["operation"] in (name, "*") and fits(fault)
            if is_meant and fault.get("page", page) == page and fault.get("times", 1) > 0:
                if "times" in fault:
                    fault["times"] -= 1
                return fault["status"], fault["code"]
        for answer in self.answers:
            if answer["operation"] == name and fits(answer):
                pages = answer["pages"]
                if page >= len(pages):
                    raise Refused(f"{name}: page {page} was never offered")
                body = dict(pages[page])
                if page + 1 < len(pages):
                    body[tokens[1]] = TOKEN + str(page + 1)
                    if "IsTruncated" in service.model.operation_model(operation).output_shape.members:
                        body["IsTruncated"] = True
                return 200, body
        return 200, {}


STATE = {"scenario": Scenario({}), "lock": threading.Lock()}


class Request:
    def __init__(self, handler):
        self.method, url = handler.command, urlsplit(handler.path)
        self.path, self.query = url.path, parse_qsl(url.query, keep_blank_values=True)
        self.body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        self.target = handler.headers.get("x-amz-target", "")
        self.form = [] if self.target else parse_qsl(self.body.decode(), keep_blank_values=True)
        self.path_parameters = {}
        scope = re.search(r"Credential=([^,]*)", handler.headers.get("authorization", ""))
        if not scope:
            raise Refused("not signed")
        self.key, _, self.region, self.signing, _ = scope.group(1).split("/")

    def operation(self):
        for service in (one for one in ALL if one.signing == self.signing):
            prefix, _, name = self.target.rpartition(".")
            if service.protocol == "json" and service.model.metadata["targetPrefix"] == prefix:
                return service, name
            if service.protocol in ("query", "ec2") and dict(self.form).get("Action") in service.model.operation_names:
                return service, dict(self.form)["Action"]
            for method, path, name in service.paths:
                found = path.match(self.path)
                if method == self.method and found:
                    self.path_parameters = {key: unquote(value) for key, value in found.groupdict().items()}
                    return service, name
        raise Refused(f"no operation of {self.signing}: {self.method} {self.path} {self.target}")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def send(self, status, body, headers=()):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/health":
            return self.send(200, "")
        if self.path == "/calls":
            return self.send(200, json.dumps(STATE["scenario"].calls))
        return self.serve()

    def do_POST(self):
        if self.path == "/scenario":
            told = json.loads(self.rfile.read(int(self.headers["content-length"])))
            STATE["scenario"] = Scenario(told)
            return self.send(200, "")
        return self.serve()

    def serve(self):
        try:
            request = Request(self)
            service, operation = request.operation()
            given = parameters(service, operation, request)
            with STATE["lock"]:
                scenario = STATE["scenario"]
                call = {"operation": f"{service.prefix}:{operation}", "region": request.region,
                        "key": request.key, "parameters": given}
                scenario.calls.append(call)
                status, answer = scenario.answer(service, operation, request, given)
            if status != 200:
                return self.fault(service, status, answer)
            model = service.model.operation_model(operation)
            report = ParamValidator().validate(answer, model.output_shape)
            # An answer may lack what the model requires: AWS adds such members later.
            wrong = [line for line in report.generate_report().splitlines() if "Missing required" not in line]
            if wrong:
                raise Refused(f"answer to {operation}: {wrong}")
            made = get_serializer_class(service.name, service.protocol)(model).serialize(answer)
            return self.send(made["status_code"], made["body"], made["headers"].items())
        except Refused as problem:
            print(problem, file=sys.stderr, flush=True)
            return self.send(599, json.dumps({"__type": "FakeRefused", "message": str(problem)}))

    def fault(self, service, status, code):
        said = f"User: arn:aws:iam::111122223333:user/census is not authorized: {code}"
        if service.protocol == "ec2":
            body = f"<Response><Errors><Error><Code>{code}</Code><Message>{said}</Message></Error></Errors></Response>"
        elif service.protocol == "query":
            body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{said}</Message></Error></ErrorResponse>"
        else:
            body = json.dumps({"__type": f"com.amazonaws.{service.name}#{code}", "message": said})
        self.send(status, body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
