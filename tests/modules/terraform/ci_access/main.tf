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

# Made in the same apply, as an adopter's own policies may be.
resource "aws_iam_policy" "this" {
  for_each = toset(["plan", "apply"])

  name = "example-${each.key}"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ec2:Describe*", Resource = "*" }]
  })
}

module "ci_access" {
  source    = "../../../../modules/ci_access"
  providers = { aws = aws }

  state_bucket      = "example-state"
  github_repository = "example/infrastructure"
  gitlab_project    = "example/platform/infrastructure"
  plan_policy_arns  = [aws_iam_policy.this["plan"].arn]
  apply_policy_arns = [aws_iam_policy.this["apply"].arn]
  tags              = { Team = "platform" }
}

output "ci_access" {
  value = module.ci_access
}
