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

  name         = "example-lockgate"
  state_bucket = "lockgate-example-state"

  github_repository        = "example/infrastructure"
  github_oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  github_thumbprints       = ["6938fd4d98bab03faadb97b34396831e3780aea1"]

  gitlab_project           = "example/platform/infrastructure"
  gitlab_host              = "gitlab.example.com"
  gitlab_oidc_provider_arn = ""
  gitlab_thumbprints       = ["b3dd7606d2b5a8b4a13771dbecc9ee1cecafa38a"]

  plan_policy_arns  = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
  apply_policy_arns = ["arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws:iam::aws:policy/IAMFullAccess"]
  tags              = { Team = "platform" }
}
