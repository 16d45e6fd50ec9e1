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
  region = "us-west-2"
}

module "alarms" {
  source    = "../.."
  providers = { aws = aws }

  name              = "example"
  load_balancer_arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/example/0123456789abcdef"
  target_group_arn  = "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/example/0123456789abcdef"
}
