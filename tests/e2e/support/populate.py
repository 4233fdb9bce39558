"""Puts a small company into an AWS stand-in and prints, as JSON, what was put in.

usage: populate.py SCENARIO ENDPOINT < parameters.json > what-was-put-in.json
"""

import base64
import datetime
import json
import sys

import boto3

ACCOUNT = "123456789012"
PEM = "-----BEGIN CERTIFICATE-----\nMIIBszCCARwCAQAwDQYJKoZIhvcNAQELBQAwITEfMB0GA1UEAwwWY2Vuc3Vz\n-----END CERTIFICATE-----"
SSH_KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7census user@host"
REPORT_COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,"
    "cert_2_active,cert_2_last_rotated"
).split(",")


class Cloud:
    """Clients of one account."""

    def __init__(self, endpoint, key="test", secret="test", token=None, region="us-east-1"):
        self.endpoint, self.credentials, self.region = endpoint, (key, secret, token), region

    def __getattr__(self, service):
        key, secret, token = self.credentials
        client = boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
        )
        setattr(self, service, client)
        return client

    def enter(self, account):
        """The same endpoint, as another account."""
        arn = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        entered = self.sts.assume_role(RoleArn=arn, RoleSessionName="populate")["Credentials"]
        return Cloud(self.endpoint, entered["AccessKeyId"], entered["SecretAccessKey"], entered["SessionToken"])


def allow(action, resource="*", **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]}


def trust(principal, action="sts:AssumeRole", **more):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def text(document):
    return json.dumps(document)


def tags(**pairs):
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def stamp(moment):
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+00:00")


class Account:
    """Fills one account and remembers how."""

    def __init__(self, cloud, account=ACCOUNT):
        self.iam, self.account = cloud.iam, account
        self.put = {
            "account": account, "users": [], "roles": [], "groups": [], "policies": [], "oidc": [], "saml": [],
            "server_certificates": [], "instance_profiles": [], "service_specific": [],
        }

    def user(self, name, keys=(), console=False, ssh=0, certificates=0, groups=(), path="/", **owner):
        made = self.iam.create_user(UserName=name, Path=path, Tags=tags(**owner))["User"]
        entry = {"name": name, "arn": made["Arn"], "id": made["UserId"], "created": stamp(made["CreateDate"]),
                 "console": console, "keys": [], "ssh": [], "certificates": [], "tags": owner, "groups": list(groups)}
        for status in keys:
            key = self.iam.create_access_key(UserName=name)["AccessKey"]
            if status != "Active":
                self.iam.update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status=status)
            entry["keys"].append({"id": key["AccessKeyId"], "status": status, "created": stamp(key["CreateDate"]),
                                  "secret": key["SecretAccessKey"]})
        if console:
            self.iam.create_login_profile(UserName=name, Password="CANARY-console-password-1!")
        for _ in range(ssh):
            key = self.iam.upload_ssh_public_key(UserName=name, SSHPublicKeyBody=SSH_KEY)["SSHPublicKey"]
            entry["ssh"].append(key["SSHPublicKeyId"])
        for _ in range(certificates):
            body = certificate()
            made = self.iam.upload_signing_certificate(UserName=name, CertificateBody=body)["Certificate"]
            entry["certificates"].append(made["CertificateId"])
        for group in groups:
            self.iam.add_user_to_group(UserName=name, GroupName=group)
        self.put["users"].append(entry)
        return entry

    def role(self, name, principal, path="/", last_used=False, **more):
        made = self.iam.create_role(
            RoleName=name, Path=path, AssumeRolePolicyDocument=text(principal), **more)["Role"]
        entry = {"name": name, "arn": made["Arn"], "id": made["RoleId"], "created": stamp(made["CreateDate"]),
                 "tags": {tag["Key"]: tag["Value"] for tag in more.get("Tags", [])}}
        self.put["roles"].append(entry)
        return entry

    def group(self, name):
        made = self.iam.create_group(GroupName=name)["Group"]
        self.put["groups"].append({"name": name, "arn": made["Arn"], "id": made["GroupId"]})

    def policy(self, name, document):
        made = self.iam.create_policy(PolicyName=name, PolicyDocument=text(document))["Policy"]
        self.put["policies"].append({"name": name, "arn": made["Arn"]})
        return made["Arn"]

    def oidc(self, url, clients):
        made = self.iam.create_open_id_connect_provider(
            Url=url, ClientIDList=clients, ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"])
        arn = made["OpenIDConnectProviderArn"]
        self.put["oidc"].append({"arn": arn, "clients": clients})
        return arn

    def saml(self, name, metadata):
        arn = self.iam.create_saml_provider(Name=name, SAMLMetadataDocument=metadata)["SAMLProviderArn"]
        self.put["saml"].append({"arn": arn})
        return arn

    def server_certificate(self, name, private_key):
        made = self.iam.upload_server_certificate(
            ServerCertificateName=name, CertificateBody=PEM, PrivateKey=private_key)["ServerCertificateMetadata"]
        self.put["server_certificates"].append({"name": name, "arn": made["Arn"]})

    def done(self):
        """The account, with the answers that real AWS gives and the stand-in does not."""
        self.put["credential_report"] = credential_report(self.put)
        # As it was before the first user came.
        self.put["stale_report"] = credential_report({**self.put, "users": self.put["users"][1:]})
        self.put["now"] = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.put


def credential_report(put):
    """The report as AWS makes it, the root user's line included, in base64 as it travels."""
    partition = next((user["arn"].split(":")[1] for user in put["users"]), "aws")
    rows = [report_row("<root_account>", f"arn:{partition}:iam::{put['account']}:root", "2019-01-01T00:00:00+00:00",
                       "not_supported", "false")]
    for user in put["users"]:
        enabled = "true" if user["console"] else "false"
        row = report_row(user["name"], user["arn"], user["created"], enabled, "true" if user.get("mfa") else "false")
        for number, key in enumerate(user["keys"], 1):
            row[f"access_key_{number}_active"] = "true" if key["status"] == "Active" else "false"
            row[f"access_key_{number}_last_rotated"] = key["created"]
        for number, _ in enumerate(user["certificates"], 1):
            row[f"cert_{number}_active"] = "true"
            row[f"cert_{number}_last_rotated"] = user["created"]
        rows.append(row)
    lines = [",".join(REPORT_COLUMNS)] + [",".join(row[column] for column in REPORT_COLUMNS) for row in rows]
    return base64.b64encode("\n".join(lines).encode()).decode()


def report_row(user, arn, created, password, mfa):
    row = {column: "N/A" for column in REPORT_COLUMNS}
    row.update(user=user, arn=arn, user_creation_time=created, password_enabled=password, mfa_active=mfa)
    for column in ("access_key_1_active", "access_key_2_active", "cert_1_active", "cert_2_active"):
        row[column] = "false"
    if password == "not_supported":
        row.update(password_last_changed="not_supported", password_next_rotation="not_supported",
                   password_last_used="no_information")
    elif password == "true":
        row.update(password_last_used="no_information", password_last_changed=created)
    return row


def certificate():
    """A certificate that a parser accepts."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "census")])
    now = datetime.datetime.now(datetime.timezone.utc)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(7).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=90))
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def saml_metadata(marker):
    """Metadata whose certificate part carries a marker."""
    return ('<?xml version="1.0"?><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" '
            'entityID="https://idp.example.com/saml" validUntil="2035-01-01T00:00:00Z"><IDPSSODescriptor>'
            f'<KeyDescriptor use="signing"><X509Certificate>{marker}</X509Certificate></KeyDescriptor>'
            '<SingleSignOnService Location="https://idp.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>'
            + "<!-- " + "padding " * 150 + "-->")


def company(cloud, _parameters):
    """One account with one of everything."""
    account = Account(cloud)
    fill_company(account)
    return account.done()


def fill_company(account, rare=True):
    """`rare`: with those credentials that not every stand-in knows."""
    iam = account.iam
    boundary = account.policy("boundary", allow(["s3:*", "logs:*"]))
    deploy = account.policy("deploy", allow(["s3:PutObject", "lambda:UpdateFunctionCode"]))
    account.policy("unattached", allow("sqs:*"))
    account.group("developers")
    iam.attach_group_policy(GroupName="developers", PolicyArn=deploy)
    iam.put_group_policy(GroupName="developers", PolicyName="inline", PolicyDocument=text(allow("ec2:Describe*")))
    account.user("ci-runner", keys=("Active", "Inactive"), groups=("developers",), owner="ci@example.com")
    account.user("backup", keys=("Active",), path="/batch/", team="storage")
    account.user("carol", keys=("Active",), console=True)
    account.user("dave", console=True)
    account.user("legacy-git", ssh=1 if rare else 0)
    account.user("legacy-soap", certificates=1 if rare else 0)
    account.user("keyless")
    iam.put_user_policy(UserName="backup", PolicyName="own", PolicyDocument=text(allow("s3:GetObject")))
    iam.attach_user_policy(UserName="carol", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    oidc = account.oidc("https://token.actions.githubusercontent.com", ["sts.amazonaws.com"])
    saml = account.saml("corporate", saml_metadata("CANARY-saml-certificate"))
    if rare:
        account.server_certificate("www", "-----BEGIN RSA PRIVATE KEY-----\nCANARY-private-key\n-----END RSA PRIVATE KEY-----")
    account.role("lambda-exec", trust({"Service": "lambda.amazonaws.com"}), Tags=tags(owner="web@example.com"))
    account.role("web-server", trust({"Service": "ec2.amazonaws.com"}), PermissionsBoundary=boundary)
    account.role("vendor", trust({"AWS": "arn:aws:iam::999988887777:root"}), path="/partners/")
    account.role("github-deploy", trust(
        {"Federated": oidc}, "sts:AssumeRoleWithWebIdentity",
        Condition={"StringLike": {"token.actions.githubusercontent.com:sub": "repo:example/app:*"}}))
    account.role("saml-admin", trust(
        {"Federated": saml}, "sts:AssumeRoleWithSAML",
        Condition={"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}))
    iam.attach_role_policy(RoleName="lambda-exec", PolicyArn=deploy)
    iam.put_role_policy(RoleName="vendor", PolicyName="read", PolicyDocument=text(allow("s3:GetObject", "arn:aws:s3:::x/*")))
    iam.create_instance_profile(InstanceProfileName="web-server")
    iam.add_role_to_instance_profile(InstanceProfileName="web-server", RoleName="web-server")
    account.put["instance_profiles"].append("web-server")


def many(cloud, parameters):
    """`users` users of which `holders` hold a key, and `roles` roles."""
    account = Account(cloud)
    for number in range(parameters["users"]):
        account.user(f"user-{number:04}", keys=("Active",) if number < parameters["holders"] else ())
    for number in range(parameters["roles"]):
        account.role(f"role-{number:04}", trust({"Service": "ec2.amazonaws.com"}))
    for number in range(parameters.get("policies", 5)):
        account.policy(f"policy-{number:03}", allow(f"s3:Get{number}"))
    return account.done()


def whole(cloud, _parameters):
    """An account of which everything can be read: identities of every level, and a role of IAM Identity Center."""
    account = Account(cloud)
    powers = {"idle": None, "narrow": ("s3:GetObject", "arn:aws:s3:::lake/one"), "broad": ("secretsmanager:*", "*"),
              "admin": ("*", "*")}
    for name, power in powers.items():
        account.role(name, trust({"Service": "ec2.amazonaws.com"}))
        if power:
            account.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=text(allow(*power)))
    account.user("deployer", keys=("Active",))
    passes = allow(["iam:PassRole", "ec2:RunInstances"])
    account.iam.put_user_policy(UserName="deployer", PolicyName="own", PolicyDocument=text(passes))
    account.iam.create_instance_profile(InstanceProfileName="admin")
    account.iam.add_role_to_instance_profile(InstanceProfileName="admin", RoleName="admin")
    reserved = "AWSReservedSSO_Reader_0123456789abcdef"
    account.role(reserved, trust({"Service": "sso.amazonaws.com"}), path="/aws-reserved/sso.amazonaws.com/eu-west-1/")
    account.iam.put_role_policy(
        RoleName=reserved, PolicyName="AwsSSOInlinePolicy", PolicyDocument=text(allow("s3:ListAllMyBuckets")))
    return account.done()


def retiring(cloud, _parameters):
    """A user and a role with everything that has to go before they can, and one who stays."""
    account, iam = Account(cloud), cloud.iam
    own = account.policy("own", allow("s3:GetObject"))
    for group in ("robots", "humans"):
        account.group(group)
    leaver = account.user("leaver", keys=("Active", "Inactive"), console=True, ssh=1, certificates=1,
                          groups=("robots", "humans"), path="/batch/", team="storage")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="leaver")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName="leaver", SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321")
    leaver["mfa"] = True
    account.user("bystander", keys=("Active",), groups=("robots",))
    account.role("web", trust({"Service": "ec2.amazonaws.com"}), path="/apps/", PermissionsBoundary=own)
    for kind, name in (("user", "leaver"), ("role", "web")):
        holder = {f"{kind.capitalize()}Name": name}
        getattr(iam, f"attach_{kind}_policy")(PolicyArn=own, **holder)
        for number in range(2):
            put = getattr(iam, f"put_{kind}_policy")
            put(PolicyName=f"inline-{number}", PolicyDocument=text(allow(f"sqs:Get{number}")), **holder)
    iam.create_instance_profile(InstanceProfileName="web", Path="/apps/")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    account.put["instance_profiles"].append("web")
    return account.done()


def organization(cloud, _parameters):
    """A management account, three organizational units and four members, each with a user and a role."""
    org = cloud.organizations
    made = org.create_organization(FeatureSet="ALL")["Organization"]
    root = org.list_roots()["Roots"][0]["Id"]
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        org.enable_policy_type(RootId=root, PolicyType=kind)

    def unit(parent, name):
        return org.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]

    units = {"workloads": unit(root, "workloads"), "sandbox": unit(root, "sandbox")}
    units["production"] = unit(units["workloads"], "production")
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}]}
    scp = org.create_policy(Name="no-leave", Description="d", Content=text(deny), Type="SERVICE_CONTROL_POLICY")
    scp = scp["Policy"]["PolicySummary"]["Id"]
    org.attach_policy(PolicyId=scp, TargetId=units["workloads"])
    management = Account(cloud)
    management.user("org-automation", keys=("Active",))
    put = {"id": made["Id"], "management": ACCOUNT, "now": management.done()["now"], "root": root, "units": units, "scp": scp,
           "accounts": [{**management.done(), "name": "management", "unit": root}]}
    places = {"shop": "production", "search": "workloads", "playground": "sandbox", "lab": "sandbox"}
    for name, place in places.items():
        status = org.create_account(
            AccountName=name, Email=f"{name}@example.com", Tags=tags(stage="test" if place == "sandbox" else "live"))
        number = status["CreateAccountStatus"]["AccountId"]
        org.move_account(AccountId=number, SourceParentId=root, DestinationParentId=units[place])
        member = Account(cloud.enter(number), number)
        member.user(f"{name}-deploy", keys=("Active",))
        member.role(f"{name}-task", trust({"Service": "ecs-tasks.amazonaws.com"}))
        put["accounts"].append({**member.done(), "name": name, "unit": units[place]})
    return put


def granted(cloud, parameters):
    """The company with one more account, and a user `scanner` who may do exactly what a policy says."""
    account = Account(cloud, cloud.sts.get_caller_identity()["Account"])
    fill_company(account, rare=False)
    # Only the report says so: ministack keeps no certificates.
    account.put["users"][-1]["certificates"].append("reported")
    key = account.user("scanner", keys=("Active",))["keys"][0]
    grant(cloud, parameters)
    made = cloud.organizations.create_account(AccountName="shop", Email="shop@example.com")
    # ministack takes an account's id for the access key of its root user.
    number = made["CreateAccountStatus"]["AccountId"]
    member = Account(Cloud(cloud.endpoint, number), number)
    member.user("shop-deploy", keys=("Active",))
    member.role("OrganizationAccountAccessRole", trust({"AWS": f"arn:aws:iam::{account.account}:root"}))
    member.iam.put_role_policy(
        RoleName="OrganizationAccountAccessRole", PolicyName="all", PolicyDocument=text(allow("*")))
    scanner = {"id": key["id"], "secret": key["secret"]}
    return {**account.done(), "member": member.done(), "scanner": scanner}


def grant(cloud, parameters):
    """Replaces what `scanner` may do."""
    cloud.iam.put_user_policy(UserName="scanner", PolicyName="scan", PolicyDocument=text(parameters["policy"]))
    return {}


if __name__ == "__main__":
    scenario, endpoint = sys.argv[1:]
    parameters = json.load(sys.stdin)
    cloud = Cloud(endpoint, region=parameters.get("region", "us-east-1"))
    print(json.dumps(globals()[scenario](cloud, parameters)))
