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

resource "aws_route53_zone" "this" {
  name = "example.com"
}

module "certificate" {
  source    = "../.."
  providers = { aws = aws }

  domain_name               = "*.example.com"
  zone_id                   = aws_route53_zone.this.zone_id
  create_validation_records = true
  tags                      = { Team = "platform" }
}
