locals {
  github_host = "token.actions.githubusercontent.com"
  audience    = "sts.amazonaws.com"

  # Whom each CI host's tokens say they are of. The names hold no wildcard, so only what is written
  # here as one is one.
  hosts = {
    for name, host in {
      github = {
        wanted        = var.github_repository != ""
        claims        = local.github_host
        provider_arn  = var.github_oidc_provider_arn != "" ? var.github_oidc_provider_arn : one(aws_iam_openid_connect_provider.github[*].arn)
        plan_subject  = "repo:${var.github_repository}:environment:lockgate-plan"
        apply_subject = "repo:${var.github_repository}:environment:lockgate-apply"
      }
      gitlab = {
        wanted        = var.gitlab_project != ""
        claims        = var.gitlab_host
        provider_arn  = var.gitlab_oidc_provider_arn != "" ? var.gitlab_oidc_provider_arn : one(aws_iam_openid_connect_provider.gitlab[*].arn)
        plan_subject  = "project_path:${var.gitlab_project}:*"
        apply_subject = "project_path:${var.gitlab_project}:ref_type:branch:ref:main"
      }
    } : name => host if host.wanted
  }

  bucket_arn = "arn:aws:s3:::${var.state_bucket}"
}

# ---------------------------------------------------------------------------------------------------
# The CI hosts
# ---------------------------------------------------------------------------------------------------

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github_repository != "" && var.github_oidc_provider_arn == "" ? 1 : 0

  url             = "https://${local.github_host}"
  client_id_list  = [local.audience]
  thumbprint_list = var.github_thumbprints
}

resource "aws_iam_openid_connect_provider" "gitlab" {
  count = var.gitlab_project != "" && var.gitlab_oidc_provider_arn == "" ? 1 : 0

  url             = "https://${var.gitlab_host}"
  client_id_list  = [local.audience]
  thumbprint_list = var.gitlab_thumbprints
}

# ---------------------------------------------------------------------------------------------------
# Plan: reads, for pull requests
# ---------------------------------------------------------------------------------------------------

resource "aws_iam_role" "plan" {
  name        = "${var.name}-plan"
  description = "Lockgate reads with it, for pull requests."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for host in values(local.hosts) : {
        Effect    = "Allow"
        Principal = { Federated = host.provider_arn }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = { "${host.claims}:aud" = local.audience }
          StringLike   = { "${host.claims}:sub" = host.plan_subject }
        }
      }
    ]
  })

  tags = var.tags

  lifecycle {
    precondition {
      condition     = var.github_repository != "" || var.gitlab_project != ""
      error_message = "Access needs somebody to give it to: github_repository, gitlab_project or both."
    }
  }
}

resource "aws_iam_role_policy_attachment" "plan" {
  # By number: the ARN of a policy that is made in the same apply is not known yet.
  count = length(var.plan_policy_arns)

  role       = aws_iam_role.plan.name
  policy_arn = var.plan_policy_arns[count.index]
}

# A plan takes Terraform's lock of the state, and Lockgate's of the environment; it writes no state.
resource "aws_iam_role_policy" "plan" {
  name = "state"
  role = aws_iam_role.plan.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = local.bucket_arn
      },
      {
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "${local.bucket_arn}/*"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:DeleteObject"]
        Resource = ["${local.bucket_arn}/lockgate/locks/*", "${local.bucket_arn}/*.tflock"]
      },
    ]
  })
}

# ---------------------------------------------------------------------------------------------------
# Apply: writes, for main only
# ---------------------------------------------------------------------------------------------------

resource "aws_iam_role" "apply" {
  name        = "${var.name}-apply"
  description = "Lockgate applies with it what is merged."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for host in values(local.hosts) : {
        Effect    = "Allow"
        Principal = { Federated = host.provider_arn }
        Action    = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "${host.claims}:aud" = local.audience
            "${host.claims}:sub" = host.apply_subject
          }
        }
      }
    ]
  })

  tags = var.tags
}

resource "aws_iam_role_policy_attachment" "apply" {
  # By number: the ARN of a policy that is made in the same apply is not known yet.
  count = length(var.apply_policy_arns)

  role       = aws_iam_role.apply.name
  policy_arn = var.apply_policy_arns[count.index]
}

resource "aws_iam_role_policy" "apply" {
  name = "state"
  role = aws_iam_role.apply.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = local.bucket_arn
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "${local.bucket_arn}/*"
      },
      {
        Effect   = "Allow"
        Action   = "s3:DeleteObject"
        Resource = ["${local.bucket_arn}/lockgate/*", "${local.bucket_arn}/*.tflock"]
      },
    ]
  })
}
