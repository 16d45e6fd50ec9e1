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

module "failover_dns" {
  source    = "../.."
  providers = { aws = aws }

  zone_name                        = "example.com"
  record_name                      = "www.example.com"
  primary_load_balancer_dns_name   = "primary-1.us-east-1.elb.amazonaws.com"
  primary_load_balancer_zone_id    = "Z35SXDOTRQ7X7K"
  secondary_load_balancer_dns_name = "secondary-1.us-west-2.elb.amazonaws.com"
  secondary_load_balancer_zone_id  = "Z1H1FL5HABSF5"
}
