"""Puts resources with policies of their own into an AWS stand-in and prints their ARNs, as JSON.

usage: resources.py ENDPOINT [ACCOUNT]

With the id of a member account they are put into that one.
"""

import io
import json
import sys
import zipfile

import boto3

REGION = "us-east-1"
ACCOUNT = sys.argv[2] if len(sys.argv) > 2 else "123456789012"
# Buckets have one name space for everybody.
SUFFIX = f"-{ACCOUNT}" if len(sys.argv) > 2 else ""
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def client(service):
    return boto3.client(service, endpoint_url=sys.argv[1], region_name=REGION, **KEYS)


if len(sys.argv) > 2:
    ROLE = f"arn:aws:iam::{ACCOUNT}:role/OrganizationAccountAccessRole"
    ENTERED = client("sts").assume_role(RoleArn=ROLE, RoleSessionName="resources")["Credentials"]
    KEYS = {
        "aws_access_key_id": ENTERED["AccessKeyId"],
        "aws_secret_access_key": ENTERED["SecretAccessKey"],
        "aws_session_token": ENTERED["SessionToken"],
    }


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
    functions, events, ec2, iam = client("lambda"), client("events"), client("ec2"), client("iam")
    put = {"with": [], "without": []}

    for name, region in (("lake", None), ("bare", None), ("shut", None), ("lake-eu", "eu-west-1")):
        place = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region else {}
        s3.create_bucket(Bucket=name + SUFFIX, **place)
        put["without" if name == "bare" else "with"].append(f"arn:aws:s3:::{name}{SUFFIX}")
        if name != "bare":
            s3.put_bucket_policy(Bucket=name + SUFFIX, Policy=policy(f"arn:aws:s3:::{name}{SUFFIX}/*"))
    settings = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket="shut" + SUFFIX, PublicAccessBlockConfiguration=settings)

    kms = client("kms")
    put["key"] = kms.create_key()["KeyMetadata"]["Arn"]
    put["with"].append(put["key"])

    tables = client("dynamodb")
    key = {"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "id", "KeyType": "HASH"}
    for name in ("orders", "bare"):
        table = tables.create_table(
            TableName=name, AttributeDefinitions=[key[0]], KeySchema=[key[1]], BillingMode="PAY_PER_REQUEST"
        )["TableDescription"]["TableArn"]
        put["with" if name == "orders" else "without"].append(table)
    tables.put_resource_policy(ResourceArn=put["with"][-1], Policy=policy(put["with"][-1]))
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
    role = iam.create_role(RoleName="f", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    kms.create_grant(KeyId=put["key"], GranteePrincipal=role, Operations=["Decrypt"])
    machines = {**trust, "Principal": {"Service": "ec2.amazonaws.com"}}
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [machines]}))
    profile = iam.create_instance_profile(InstanceProfileName="web")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    ec2.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, IamInstanceProfile={"Arn": profile}, UserData="PASSWORD=do-not-read-me"
    )
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
