"""Puts resources with policies of their own into an AWS stand-in and prints their ARNs, as JSON.

usage: resources.py ENDPOINT
"""

import io
import json
import sys
import zipfile

import boto3

REGION, ACCOUNT = "us-east-1", "123456789012"


def client(service):
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, endpoint_url=sys.argv[1], region_name=REGION, **keys)


def policy(resource):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def code():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("f.py", "x = 1")
    return {"ZipFile": archive.getvalue()}


def main():
    s3, sqs, secrets, ecr = client("s3"), client("sqs"), client("secretsmanager"), client("ecr")
    functions, events = client("lambda"), client("events")
    put = {"with": [], "without": []}

    for name, region in (("lake", None), ("bare", None), ("lake-eu", "eu-west-1")):
        place = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region else {}
        s3.create_bucket(Bucket=name, **place)
        put["without" if name == "bare" else "with"].append(f"arn:aws:s3:::{name}")
    for name in ("lake", "lake-eu"):
        s3.put_bucket_policy(Bucket=name, Policy=policy(f"arn:aws:s3:::{name}/*"))

    put["with"].append(client("kms").create_key()["KeyMetadata"]["Arn"])
    put["with"].append(client("sns").create_topic(Name="alarms")["TopicArn"])

    for name in ("db", "bare"):
        arn = secrets.create_secret(Name=name, SecretString="do-not-read-me")["ARN"]
        put["with" if name == "db" else "without"].append(arn)
    secrets.put_resource_policy(SecretId="db", ResourcePolicy=policy("*"))

    for name in ("orders", "bare"):
        sqs.create_queue(QueueName=name)
        put["with" if name == "orders" else "without"].append(f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy("*")})

    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = client("iam").create_role(RoleName="f", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    for name in ("f", "bare"):
        variables = {"Variables": {"PASSWORD": "do-not-read-me"}}
        made = functions.create_function(
            FunctionName=name, Role=role, Runtime="python3.12", Handler="f.x", Code=code(), Environment=variables
        )
        put["with" if name == "f" else "without"].append(made["FunctionArn"])
    functions.add_permission(
        FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
    )

    for name in ("images", "bare"):
        arn = ecr.create_repository(repositoryName=name)["repository"]["repositoryArn"]
        put["with" if name == "images" else "without"].append(arn)
    ecr.set_repository_policy(repositoryName="images", policyText=policy("*"))

    events.create_event_bus(Name="bus")
    events.put_permission(EventBusName="bus", Action="events:PutEvents", Principal="999988887777", StatementId="s")
    put["with"].append(f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/bus")
    put["without"].append(f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default")
    print(json.dumps(put))


main()
