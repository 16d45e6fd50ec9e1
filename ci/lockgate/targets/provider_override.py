"""The override that turns a root module towards the embedded AWS, without touching its files.

Terraform merges ``*_override.tf.json`` over the root module's own blocks: a provider block by its
alias, a backend as a whole (https://developer.hashicorp.com/terraform/language/files/override).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Terraform merges overrides in the order of their names, so this one must be the last: a person's
# own `override.tf` would turn the root module back.
FILE_NAME = "~lockgate_override.tf.json"

# Every service endpoint that provider 3.39 can be pointed elsewhere for, asked of its own schema
# (`terraform providers schema -json`); a test asks again.
_ENDPOINTS = """
    accessanalyzer acm acmpca amplify apigateway appconfig applicationautoscaling
    applicationinsights appmesh appstream appsync athena auditmanager autoscaling
    autoscalingplans backup batch budgets cloud9 cloudformation cloudfront cloudhsm
    cloudsearch cloudtrail cloudwatch cloudwatchevents cloudwatchlogs codeartifact codebuild
    codecommit codedeploy codepipeline codestarconnections cognitoidentity cognitoidp
    configservice connect cur dataexchange datapipeline datasync dax detective devicefarm
    directconnect dlm dms docdb ds dynamodb ec2 ecr ecrpublic ecs efs eks elasticache
    elasticbeanstalk elastictranscoder elb emr emrcontainers es firehose fms forecast fsx
    gamelift glacier globalaccelerator glue greengrass guardduty iam identitystore
    imagebuilder inspector iot iotanalytics iotevents kafka kinesis kinesisanalytics
    kinesisanalyticsv2 kinesisvideo kms lakeformation lambda lexmodels licensemanager
    lightsail macie macie2 managedblockchain marketplacecatalog mediaconnect mediaconvert
    medialive mediapackage mediastore mediastoredata mq mwaa neptune networkfirewall
    networkmanager opsworks organizations outposts personalize pinpoint pricing qldb
    quicksight ram rds redshift resourcegroups resourcegroupstaggingapi route53
    route53domains route53resolver s3 s3control s3outposts sagemaker sdb secretsmanager
    securityhub serverlessrepo servicecatalog servicediscovery servicequotas ses shield
    signer sns sqs ssm ssoadmin stepfunctions storagegateway sts swf synthetics
    timestreamwrite transfer waf wafregional wafv2 worklink workmail workspaces xray
"""
ENDPOINTS = tuple(_ENDPOINTS.split())

# Nothing here is secret: the embedded AWS accepts any credentials.
_CREDENTIALS = {"access_key": "test", "secret_key": "test"}
_PROVIDER_FLAGS = {
    # The embedded AWS has an account number of its own.
    "allowed_account_ids": None,
    "forbidden_account_ids": None,
    # The default, 25, keeps trying for minutes where nobody answers any more.
    "max_retries": 2,
    "s3_force_path_style": True,
    "skip_credentials_validation": True,
    # Without it, the provider asks EC2 for an account attribute, for 20 seconds if nobody answers.
    "skip_get_ec2_platforms": True,
    "skip_metadata_api_check": True,
    "skip_requesting_account_id": True,
}


def provider_override(aliases: Sequence[str | None], endpoint: str) -> list[dict[str, Any]]:
    """Override blocks for the AWS providers of a root module; None is the one without an alias."""
    return [
        {
            **({"alias": alias} if alias else {}),
            **_CREDENTIALS,
            **_PROVIDER_FLAGS,
            "endpoints": [dict.fromkeys(ENDPOINTS, endpoint)],
        }
        for alias in aliases
    ]


def local_backend() -> dict[str, Any]:
    """A backend whose state lies in the scratch directory and goes with it."""
    return {"local": {}}


def s3_backend(endpoint: str, bucket: str, key: str) -> dict[str, Any]:
    """The S3 backend on the embedded AWS, with the lock file that it has in a real account."""
    return {
        "s3": {
            **_CREDENTIALS,
            "bucket": bucket,
            "key": key,
            "region": "us-east-1",
            "use_lockfile": True,
            "use_path_style": True,
            "skip_credentials_validation": True,
            "skip_metadata_api_check": True,
            "skip_region_validation": True,
            "skip_requesting_account_id": True,
            "skip_s3_checksum": True,
            "max_retries": 2,
            "endpoints": {"s3": endpoint},
        }
    }


def override(
    aliases: Sequence[str | None], endpoint: str, backend: dict[str, Any]
) -> dict[str, Any]:
    """The whole override document."""
    document: dict[str, Any] = {"terraform": {"backend": backend}}
    if aliases:
        document["provider"] = {"aws": provider_override(aliases, endpoint)}
    return document
