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

module "primary_network" {
  source    = "../../../network"
  providers = { aws = aws }

  name               = "example"
  cidr_block         = "10.0.0.0/16"
  availability_zones = ["us-east-1a", "us-east-1b"]
}

resource "aws_security_group" "primary_app" {
  provider = aws

  name        = "example-app"
  description = "Stands for the servers' group, which the app module puts out"
  vpc_id      = module.primary_network.vpc_id
}

module "secondary_network" {
  source    = "../../../network"
  providers = { aws = aws.secondary }

  name               = "example"
  cidr_block         = "10.1.0.0/16"
  availability_zones = ["us-west-2a", "us-west-2b"]
}

resource "aws_security_group" "secondary_app" {
  provider = aws.secondary

  name        = "example-app"
  description = "Stands for the servers' group, which the app module puts out"
  vpc_id      = module.secondary_network.vpc_id
}

module "database" {
  source    = "../.."
  providers = { aws.primary = aws, aws.secondary = aws.secondary }

  name                            = "example"
  primary_vpc_id                  = module.primary_network.vpc_id
  primary_private_subnet_ids      = module.primary_network.private_subnet_ids
  primary_app_security_group_id   = aws_security_group.primary_app.id
  secondary_vpc_id                = module.secondary_network.vpc_id
  secondary_private_subnet_ids    = module.secondary_network.private_subnet_ids
  secondary_app_security_group_id = aws_security_group.secondary_app.id
}
