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
  nat_gateways       = "per_zone"
}

module "load_balancer" {
  source    = "../../../load_balancer"
  providers = { aws = aws }

  name              = "example"
  vpc_id            = module.network.vpc_id
  vpc_cidr_block    = module.network.vpc_cidr_block
  public_subnet_ids = module.network.public_subnet_ids
}

module "app" {
  source    = "../.."
  providers = { aws = aws }

  name                            = "example"
  vpc_id                          = module.network.vpc_id
  private_subnet_ids              = module.network.private_subnet_ids
  load_balancer_security_group_id = module.load_balancer.security_group_id
  target_group_arn                = module.load_balancer.target_group_arn
  target_port                     = module.load_balancer.target_port
  image_id                        = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type                   = "m6i.large"
  user_data                       = "#!/bin/bash\nsystemctl enable --now example\n"
  capacity                        = 3
  maximum_capacity                = 12
  target_cpu_utilization          = 40
  tags                            = { Team = "platform" }
}
