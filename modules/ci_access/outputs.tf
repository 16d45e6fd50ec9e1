output "plan_role_arn" {
  description = "ARN of the role that reads: LOCKGATE_PLAN_ROLE, once it has its policies."
  value       = aws_iam_role.plan.arn
  depends_on  = [aws_iam_role_policy.plan, aws_iam_role_policy_attachment.plan]
}

output "apply_role_arn" {
  description = "ARN of the role that applies: LOCKGATE_APPLY_ROLE, once it has its policies."
  value       = aws_iam_role.apply.arn
  depends_on  = [aws_iam_role_policy.apply, aws_iam_role_policy_attachment.apply]
}

output "plan_role_name" {
  description = "Name of the role that reads, to give it further policies."
  value       = aws_iam_role.plan.name
}

output "apply_role_name" {
  description = "Name of the role that applies, to give it further policies."
  value       = aws_iam_role.apply.name
}
