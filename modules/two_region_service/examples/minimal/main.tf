terraform {
  required_version = ">= 1.9"

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

module "service" {
  source = "../.."
  providers = {
    aws.primary   = aws
    aws.secondary = aws.secondary
  }

  name        = "example"
  zone_name   = "example.com"
  record_name = "www.example.com"

  primary_cidr_block           = "10.0.0.0/16"
  primary_availability_zones   = ["us-east-1a", "us-east-1b"]
  secondary_cidr_block         = "10.1.0.0/16"
  secondary_availability_zones = ["us-west-2a", "us-west-2b"]
}
