# A service in two regions, as many are: one module for a region, called twice, and a failover record.
# README.md shows what Lockgate says of it.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }

  backend "s3" {
    bucket       = "shop-states"
    key          = "shop.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "standby"
  region = "us-west-2"
}

variable "domain" {
  type = string
}

data "aws_route53_zone" "this" {
  name = var.domain
}

module "active" {
  source = "./region"
  cidr   = "10.0.0.0/16"
}

module "standby" {
  source = "./region"
  cidr   = "10.1.0.0/16"

  providers = {
    aws = aws.standby
  }
}

resource "aws_route53_health_check" "active" {
  fqdn              = module.active.dns_name
  type              = "HTTP"
  port              = 80
  resource_path     = "/"
  failure_threshold = 3
  request_interval  = 30
}

resource "aws_route53_record" "active" {
  zone_id         = data.aws_route53_zone.this.zone_id
  name            = "shop.${var.domain}"
  type            = "A"
  set_identifier  = "active"
  health_check_id = aws_route53_health_check.active.id

  failover_routing_policy {
    type = "PRIMARY"
  }

  alias {
    name                   = module.active.dns_name
    zone_id                = module.active.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "standby" {
  zone_id        = data.aws_route53_zone.this.zone_id
  name           = "shop.${var.domain}"
  type           = "A"
  set_identifier = "standby"

  failover_routing_policy {
    type = "SECONDARY"
  }

  alias {
    name                   = module.active.dns_name
    zone_id                = module.active.zone_id
    evaluate_target_health = true
  }
}
