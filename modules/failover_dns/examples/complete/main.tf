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

module "failover_dns" {
  source    = "../.."
  providers = { aws = aws }

  zone_id                          = aws_route53_zone.this.zone_id
  record_name                      = "www.example.com"
  primary_load_balancer_dns_name   = "primary-1.us-east-1.elb.amazonaws.com"
  primary_load_balancer_zone_id    = "Z35SXDOTRQ7X7K"
  secondary_load_balancer_dns_name = "secondary-1.us-west-2.elb.amazonaws.com"
  secondary_load_balancer_zone_id  = "Z1H1FL5HABSF5"
  health_check_type                = "HTTPS"
  health_check_port                = 443
  health_check_path                = "/ready"
  health_check_interval            = 10
  health_check_failure_threshold   = 2
  tags                             = { Team = "platform" }
}
