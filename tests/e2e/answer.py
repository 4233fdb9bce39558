"""Reads a made-up answer of IAM as botocore reads one, and prints how much of it the model knows.

usage: answer.py OPERATION < answer.xml

Prints JSON: the texts of the answer that were read, and the fields of the answer that were not.
"""

import json
import sys
import xml.etree.ElementTree as ElementTree

import botocore.session
from botocore.parsers import create_parser

BODY = sys.stdin.buffer.read()
MODEL = botocore.session.Session().get_service_model("iam").operation_model(sys.argv[1])
READ = create_parser("query").parse({"status_code": 200, "headers": {}, "body": BODY}, MODEL.output_shape)


def fields(value):
    if isinstance(value, dict):
        for name, below in value.items():
            yield from fields(below) if isinstance(below, (dict, list)) else [name]
    elif isinstance(value, list):
        for one in value:
            yield from fields(one)


ROOT = ElementTree.fromstring(BODY)
LEAVES = [one.tag.rpartition("}")[2] for one in ROOT.iter() if len(one) == 0 and (one.text or "").strip()]
READ.pop("ResponseMetadata")
KNOWN = list(fields(READ))
UNKNOWN = [name for name in LEAVES if name not in KNOWN and name != "RequestId"]
print(json.dumps({"read": sorted(KNOWN), "unknown": UNKNOWN}))
