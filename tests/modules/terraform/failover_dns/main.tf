terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
}

# The names are what load balancers would answer to; Route 53 only points at them.
module "own_zone" {
  source = "../../../../modules/failover_dns"

  record_name                      = "www.own.example.com"
  zone_name                        = "own.example.com"
  primary_load_balancer_dns_name   = "primary-1.us-east-1.elb.amazonaws.com"
  primary_load_balancer_zone_id    = "Z35SXDOTRQ7X7K"
  secondary_load_balancer_dns_name = "secondary-1.us-west-2.elb.amazonaws.com"
  secondary_load_balancer_zone_id  = "Z1H1FL5HABSF5"
}

resource "aws_route53_zone" "existing" {
  name = "existing.example.com"
}

module "existing_zone" {
  source = "../../../../modules/failover_dns"

  record_name                      = "api.existing.example.com"
  zone_id                          = aws_route53_zone.existing.zone_id
  primary_load_balancer_dns_name   = "primary-2.us-east-1.elb.amazonaws.com"
  primary_load_balancer_zone_id    = "Z35SXDOTRQ7X7K"
  secondary_load_balancer_dns_name = "secondary-2.us-west-2.elb.amazonaws.com"
  secondary_load_balancer_zone_id  = "Z1H1FL5HABSF5"
  health_check_type                = "HTTPS"
  health_check_port                = 443
  health_check_path                = "/ready"
  health_check_interval            = 10
  health_check_failure_threshold   = 2
}

output "own_zone" {
  description = "Every output of the module with a zone of its own."
  value       = module.own_zone
}

output "existing_zone" {
  description = "Every output of the module with an existing zone."
  value       = module.existing_zone
}

output "existing_zone_id" {
  description = "ID of the zone that existed."
  value       = aws_route53_zone.existing.zone_id
}
