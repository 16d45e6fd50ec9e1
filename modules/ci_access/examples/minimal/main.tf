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

module "ci_access" {
  source    = "../.."
  providers = { aws = aws }

  state_bucket      = "lockgate-example-state"
  github_repository = "example/infrastructure"
  apply_policy_arns = ["arn:aws:iam::aws:policy/PowerUserAccess"]
}
