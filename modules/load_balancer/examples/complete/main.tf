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

module "network" {
  source    = "../../../network"
  providers = { aws = aws }

  name               = "example"
  cidr_block         = "10.0.0.0/16"
  availability_zones = ["us-east-1a", "us-east-1b"]
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

module "certificate" {
  source    = "../../../certificate"
  providers = { aws = aws }

  domain_name = "www.example.com"
  zone_id     = aws_route53_zone.this.zone_id
}

module "access_logs" {
  source    = "../../../access_logs"
  providers = { aws = aws }

  bucket = "example-access-logs"
}

module "load_balancer" {
  source    = "../.."
  providers = { aws = aws }

  name                        = "example"
  vpc_id                      = module.network.vpc_id
  vpc_cidr_block              = module.network.vpc_cidr_block
  public_subnet_ids           = module.network.public_subnet_ids
  https_enabled               = true
  certificate_arn             = module.certificate.certificate_arn
  ssl_policy                  = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  target_port                 = 8443
  health_check_path           = "/ready"
  deletion_protection_enabled = true
  access_logs_enabled         = true
  access_logs_bucket          = module.access_logs.bucket
  tags                        = { Team = "platform" }
}
