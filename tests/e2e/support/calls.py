"""Makes an account in an AWS stand-in, then calls it with each principal's own credentials.

usage: calls.py ENDPOINT < {"account": …, "rows": [{"who", "action", "resource", "context"}]} > what-was-answered.json

What a call sends follows from its row: the resource is made beforehand, and each condition key of the context is a
parameter of the call, a tag that the resource has, or a fact of every call that is made here.
"""

import json
import sys

from botocore.exceptions import ClientError

from populate import Cloud, tags, text

DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
REGION = "us-east-1"
# Calls come over HTTP from this machine.
FACTS = {"aws:SourceIp": ["127.0.0.1"], "aws:SecureTransport": ["false"]}


def policy(statements):
    return text({"Version": "2012-10-17", "Statement": statements})


class Row:
    """One request."""

    def __init__(self, row):
        self.who, self.action, self.arn = row["who"], row["action"], row["resource"]
        self.context = {key: list(values) for key, values in row["context"].items()}
        self.made = None
        # `*` is no ARN: the action takes no resource.
        parts = self.arn.split(":", 5) if self.arn != "*" else [""] * 6
        _, _, self.service, self.region, _, self.name = parts

    @property
    def place(self):
        """Bucket and key."""
        bucket, _, key = self.name.partition("/")
        return {"Bucket": bucket, "Key": key} if key else {"Bucket": bucket}

    @property
    def last(self):
        """The name without its kind."""
        return self.name.rsplit("/", 1)[-1]

    def take(self, **parameters):
        """Parameters from the condition keys that they stand for."""
        taken = {name: self.context.pop(key)[0] for name, key in parameters.items() if key in self.context}
        return {name: int(value) if name == "MaxKeys" else value for name, value in taken.items()}

    def tags(self, prefix):
        """The tags of the context, by their condition key up to the tag's."""
        keys = [key for key in self.context if key.startswith(prefix)]
        return {key.removeprefix(prefix): self.context.pop(key)[0] for key in keys}

    def request_tags(self):
        """The tags that the call sets. `aws:TagKeys` must be their keys."""
        found = self.tags("aws:RequestTag/")
        assert sorted(self.context.pop("aws:TagKeys")) == sorted(found), f"{self.arn}: aws:TagKeys"
        return found


class Maker:
    """Makes each resource once, as the account's root."""

    def __init__(self, cloud, policies):
        self.cloud, self.policies, self.made = cloud, policies, {}

    def make(self, row):
        kind = getattr(self, row.service, None) if row.service else None
        if kind is not None and row.action != "sqs:CreateQueue" and row.arn not in self.made:
            self.made[row.arn] = kind(row, self.policies.get(row.arn))
        row.made = self.made.get(row.arn, {"arn": row.arn})

    def s3(self, row, _own):
        s3, bucket = self.cloud.s3, row.place["Bucket"]
        if bucket not in [one["Name"] for one in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=bucket)
            own = self.policies.get(f"arn:aws:s3:::{bucket}")
            if own:
                s3.put_bucket_policy(Bucket=bucket, Policy=policy(own))
        if "Key" in row.place and row.action != "s3:PutObject":
            s3.put_object(**row.place, Body=b"x")
            has = row.tags("s3:ExistingObjectTag/")
            if has:
                s3.put_object_tagging(**row.place, Tagging={"TagSet": tags(**has)})
        return {"arn": row.arn}

    def sqs(self, row, own):
        sqs = Cloud(self.cloud.endpoint, region=row.region).sqs
        attributes = {"Policy": policy(own)} if own else {}
        made = sqs.create_queue(QueueName=row.name, Attributes=attributes, tags=row.tags("aws:ResourceTag/"))
        return {"arn": row.arn, "url": made["QueueUrl"]}

    def sns(self, row, _own):
        return {"arn": self.cloud.sns.create_topic(Name=row.name)["TopicArn"]}

    def dynamodb(self, row, _own):
        key = [{"AttributeName": "id", "KeyType": "HASH"}]
        made = self.cloud.dynamodb.create_table(
            TableName=row.last, KeySchema=key, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        return {"arn": made["TableDescription"]["TableArn"]}

    def ssm(self, row, _own):
        self.cloud.ssm.put_parameter(Name=row.name.removeprefix("parameter"), Value="x", Type="String")
        return {"arn": row.arn}

    def secretsmanager(self, row, _own):
        # The service appends six characters to the name.
        name = row.name.removeprefix("secret:")
        return {"arn": self.cloud.secretsmanager.create_secret(Name=name, SecretString="x")["ARN"]}

    def kms(self, row, own):
        made = self.cloud.kms.create_key(Policy=policy(own), BypassPolicyLockoutSafetyCheck=True)
        return {"arn": made["KeyMetadata"]["Arn"]}


class Principals:
    """Users, groups and roles, and their credentials."""

    def __init__(self, cloud, account):
        self.cloud, self.iam, self.account = cloud, cloud.iam, account
        self.credentials, self.clouds = {}, {}
        self.id = cloud.sts.get_caller_identity()["Account"]
        for name, versions in account["managed"].items():
            self.managed(name, versions, account["default_versions"].get(name))
        for name, group in account["groups"].items():
            self.iam.create_group(GroupName=name)
            self.fill("group", name, group)
        for name, user in account["users"].items():
            self.iam.create_user(UserName=name, Tags=tags(**user.get("tags", {})), **self.boundary(user))
            self.fill("user", name, user)
            for group in user.get("groups", []):
                self.iam.add_user_to_group(UserName=name, GroupName=group)
        for name, role in account["roles"].items():
            self.iam.create_role(
                RoleName=name, Path=role.get("path", "/"), AssumeRolePolicyDocument=policy(role["trust"]),
                Tags=tags(**role.get("tags", {})), **self.boundary(role))
            self.fill("role", name, role)

    def arn(self, name):
        return f"arn:aws:iam::{self.id}:policy/{name}"

    def boundary(self, one):
        return {"PermissionsBoundary": self.arn(one["boundary"])} if "boundary" in one else {}

    def managed(self, name, versions, default):
        first, *later = versions
        self.iam.create_policy(PolicyName=name, PolicyDocument=policy(first))
        for number, version in enumerate(later, 2):
            self.iam.create_policy_version(
                PolicyArn=self.arn(name), PolicyDocument=policy(version), SetAsDefault=f"v{number}" == default)

    def fill(self, kind, name, one):
        holder = {f"{kind.capitalize()}Name": name}
        if "statements" in one:
            put = getattr(self.iam, f"put_{kind}_policy")
            put(PolicyName="own", PolicyDocument=policy(one["statements"]), **holder)
        for managed in one.get("managed", []):
            getattr(self.iam, f"attach_{kind}_policy")(PolicyArn=self.arn(managed), **holder)

    def enter(self, name, region):
        """Clients of a user or, through whoever enters it, of a role."""
        if (name, region) not in self.clouds:
            if name not in self.credentials:
                made = self.credentials_of(name)
                self.credentials[name] = (made["AccessKeyId"], made["SecretAccessKey"], made.get("SessionToken"))
            self.clouds[name, region] = Cloud(self.cloud.endpoint, *self.credentials[name], region=region)
        return self.clouds[name, region]

    def credentials_of(self, name):
        role = self.account["roles"].get(name)
        if role is None:
            return self.iam.create_access_key(UserName=name)["AccessKey"]
        arn = self.iam.get_role(RoleName=name)["Role"]["Arn"]
        sts = self.enter(role["entered_by"], REGION).sts
        return sts.assume_role(RoleArn=arn, RoleSessionName="calls")["Credentials"]


LISTED = {"Prefix": "s3:prefix", "Delimiter": "s3:delimiter", "MaxKeys": "s3:max-keys"}
WRITTEN = {"ServerSideEncryption": "s3:x-amz-server-side-encryption", "ACL": "s3:x-amz-acl"}
ITEM = {"id": {"S": "x"}}

CALLS = {
    "s3:GetObject": lambda c, r: c.s3.get_object(**r.place),
    "s3:GetObjectTagging": lambda c, r: c.s3.get_object_tagging(**r.place),
    "s3:PutObject": lambda c, r: c.s3.put_object(**r.place, Body=b"x", **r.take(**WRITTEN)),
    "s3:DeleteObject": lambda c, r: c.s3.delete_object(**r.place),
    "s3:ListBucket": lambda c, r: c.s3.list_objects_v2(**r.place, **r.take(**LISTED)),
    "s3:ListAllMyBuckets": lambda c, r: c.s3.list_buckets(),
    "sqs:SendMessage": lambda c, r: c.sqs.send_message(QueueUrl=r.made["url"], MessageBody="x"),
    "sqs:ReceiveMessage": lambda c, r: c.sqs.receive_message(QueueUrl=r.made["url"]),
    "sqs:CreateQueue": lambda c, r: c.sqs.create_queue(QueueName=r.name, tags=r.request_tags()),
    "sns:Publish": lambda c, r: c.sns.publish(TopicArn=r.made["arn"], Message="x"),
    "dynamodb:GetItem": lambda c, r: c.dynamodb.get_item(TableName=r.last, Key=ITEM),
    "dynamodb:PutItem": lambda c, r: c.dynamodb.put_item(TableName=r.last, Item=ITEM),
    "ssm:GetParameter": lambda c, r: c.ssm.get_parameter(Name=r.name.removeprefix("parameter")),
    "secretsmanager:GetSecretValue": lambda c, r: c.secretsmanager.get_secret_value(SecretId=r.made["arn"]),
    "secretsmanager:DescribeSecret": lambda c, r: c.secretsmanager.describe_secret(SecretId=r.made["arn"]),
    "kms:Encrypt": lambda c, r: c.kms.encrypt(KeyId=r.made["arn"], Plaintext=b"x"),
    "iam:GetUser": lambda c, r: c.iam.get_user(UserName=r.last),
    "iam:GetRole": lambda c, r: c.iam.get_role(RoleName=r.last),
    "iam:ListAccessKeys": lambda c, r: c.iam.list_access_keys(UserName=r.last),
    "iam:ListUserTags": lambda c, r: c.iam.list_user_tags(UserName=r.last),
    "sts:AssumeRole": lambda c, r: c.sts.assume_role(RoleArn=r.arn, **{"RoleSessionName": "calls", **r.take(
        ExternalId="sts:ExternalId", RoleSessionName="sts:RoleSessionName")}),
}


def call(row, principals):
    """`allowed`, `denied`, or what else went wrong."""
    client = principals.enter(row.who, row.region or REGION)
    try:
        CALLS[row.action](client, row)
        outcome = "allowed"
    except ClientError as error:
        code = error.response["Error"]["Code"]
        outcome = "denied" if code in DENIED else f"{code}: {error}"
    rest = {key: values for key, values in row.context.items() if FACTS.get(key) != values}
    assert not rest, f"{row.action} {row.arn}: nothing sends {rest}"
    return {"outcome": outcome, "resource": row.made["arn"]}


if __name__ == "__main__":
    cloud = Cloud(sys.argv[1])
    asked = json.load(sys.stdin)
    principals = Principals(cloud, asked["account"])
    maker = Maker(cloud, asked["account"]["resource_policies"])
    rows = [Row(row) for row in asked["rows"]]
    for row in rows:
        maker.make(row)
    print(json.dumps({"account": principals.id, "answers": [call(row, principals) for row in rows]}))
