terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_route53_health_check" "this" {
  for_each = toset(["primary", "secondary"])

  fqdn              = "${each.key}.example.com"
  type              = "HTTPS"
  port              = 443
  resource_path     = "/healthz"
  request_interval  = 30
  failure_threshold = 3
}

module "primary_alarms" {
  source    = "../.."
  providers = { aws = aws }

  name                  = "example-primary"
  health_check_ids      = { for name, check in aws_route53_health_check.this : name => check.id }
  load_balancer_arn     = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/example/0123456789abcdef"
  target_group_arn      = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/example/0123456789abcdef"
  minimum_healthy_hosts = 2
  host_alarm_minutes    = 5
  tags                  = { Team = "platform" }
}

module "secondary_alarms" {
  source    = "../.."
  providers = { aws = aws.secondary }

  name                          = "example-secondary"
  host_alarms_enabled           = false
  replication_lag_alarm_enabled = true
  database_cluster_identifier   = "example-secondary"
  replication_lag_milliseconds  = 1000
  kms_master_key_id             = "arn:aws:kms:us-west-2:123456789012:key/0123abcd-0123-0123-0123-0123456789ab"
  tags                          = { Team = "platform" }
}
