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
  source    = "../.."
  providers = { aws = aws }

  name               = "example"
  cidr_block         = "10.0.0.0/16"
  availability_zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
  nat_gateways       = "per_zone"
  gateway_endpoints  = ["dynamodb", "s3"]

  flow_logs_enabled        = true
  flow_logs_traffic_type   = "REJECT"
  flow_logs_retention_days = 90

  tags = { Team = "platform" }
}
