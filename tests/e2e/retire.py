"""Runs the commands of a plan as a person would, and compares each with the models that AWS makes its tools from.

usage: retire.py check < ["aws iam …", …]             prints one line for each difference; none: all is well
       retire.py run ENDPOINT < ["aws iam …", …]      runs them in order
       retire.py state ENDPOINT                       prints what an account holds of users and roles

The `aws` command is made from the same models: `aws SERVICE OPERATION --option VALUE` is an operation of the service with
its names in kebab case.
"""

import json
import shlex
import sys

import boto3
import botocore.session
import jmespath
from botocore import xform_name

SESSION = botocore.session.Session()
# Where the command has another name than the model.
SERVICES = {"s3api": "s3"}


def kebab(name):
    return xform_name(name, "-")


class Refused(Exception):
    """Not a command of the models."""


def parse(command):
    """The service, the operation and its parameters."""
    aws, service, operation, *words = shlex.split(command)
    if aws != "aws":
        raise Refused(f"not `aws` but `{aws}`")
    service = SERVICES.get(service, service)
    model = SESSION.get_service_model(service)
    names = {kebab(name): name for name in model.operation_names}
    if operation not in names:
        raise Refused(f"{service} has no {operation}")
    shape = model.operation_model(names[operation]).input_shape
    members = dict(shape.members) if shape else {}
    options = {"--" + kebab(name): name for name in members}
    parameters, region = {}, "us-east-1"
    if len(words) % 2:
        raise Refused("an option without a value")
    for option, value in zip(words[::2], words[1::2]):
        if option == "--region":
            region = value
        elif option == "--query":
            jmespath.compile(value)
        elif option == "--cli-input-json":
            parameters.update(json.loads(value))
        elif option not in options:
            raise Refused(f"{operation} has no {option}")
        elif value.startswith(("-", "file://", "fileb://")):
            raise Refused(f"{option}: `{value}` is read as something else")
        else:
            kind = members[options[option]].type_name
            parameters[options[option]] = value if kind == "string" else json.loads(value)
    for name in parameters:
        if name not in members:
            raise Refused(f"{operation} has no member {name}")
        allowed = getattr(members[name], "enum", [])
        if allowed and parameters[name] not in allowed:
            raise Refused(f"{name}: {parameters[name]} is none of {allowed}")
    missing = [name for name in (shape.required_members if shape else []) if name not in parameters]
    if missing:
        raise Refused(f"{operation} lacks {missing}")
    return service, names[operation], parameters, region


def client(endpoint, service, region="us-east-1"):
    return boto3.client(service, endpoint_url=endpoint, region_name=region,
                        aws_access_key_id="test", aws_secret_access_key="test")


def check(commands):
    for command in commands:
        try:
            parse(command)
        except Exception as problem:  # a test lists whatever is wrong
            print(f"{command}: {problem}")


def run(endpoint, commands):
    for command in commands:
        service, operation, parameters, region = parse(command)
        called = client(endpoint, service, region)
        answer = getattr(called, xform_name(operation))(**parameters)
        # The one task that lists what a person then takes away.
        if operation == "ListMFADevices":
            for device in answer["MFADevices"]:
                called.deactivate_mfa_device(UserName=parameters["UserName"], SerialNumber=device["SerialNumber"])
                called.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])


def state(endpoint):
    iam = client(endpoint, "iam")
    details = iam.get_account_authorization_details()
    details.pop("ResponseMetadata")
    users = {}
    for user in details["UserDetailList"]:
        name = {"UserName": user["UserName"]}
        users[user["UserName"]] = [
            iam.list_access_keys(**name)["AccessKeyMetadata"], iam.list_ssh_public_keys(**name)["SSHPublicKeys"],
            iam.list_signing_certificates(**name)["Certificates"], iam.list_mfa_devices(**name)["MFADevices"]]
    print(json.dumps({"details": details, "credentials": users}, default=str, sort_keys=True))


if __name__ == "__main__":
    mode, *rest = sys.argv[1:]
    if mode == "state":
        state(*rest)
    else:
        globals()[mode](*rest, json.load(sys.stdin))
