terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-west-1"
}

module "three_zones" {
  source = "../../../../modules/network"

  name               = "three"
  cidr_block         = "10.40.0.0/16"
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  nat_gateways       = "per_zone"

  flow_logs_enabled        = true
  flow_logs_traffic_type   = "REJECT"
  flow_logs_retention_days = 7

  tags = { Owner = "platform" }
}

# The least that the module accepts: two zones, and sixteenths of a /24.
module "smallest" {
  source = "../../../../modules/network"

  name               = "smallest"
  cidr_block         = "10.41.0.0/24"
  availability_zones = ["eu-west-1b", "eu-west-1a"]
  gateway_endpoints  = ["s3"]
}

output "three_zones" {
  description = "Every output of the network in three zones."
  value       = module.three_zones
}

output "smallest" {
  description = "Every output of the smallest network."
  value       = module.smallest
}
