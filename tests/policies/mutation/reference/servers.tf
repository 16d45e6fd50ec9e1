# What envs/prod leaves to who uses it: what the servers may do. Rules judge it.
resource "aws_iam_role_policy" "primary" {
  name = "parameters"
  role = module.service.primary_app_role_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ssm:GetParameter"]
      Resource = "arn:aws:ssm:*:*:parameter/web/*"
    }]
  })
}
