output "autoscaling_group_name" {
  description = "Name of the auto scaling group."
  value       = aws_autoscaling_group.this.name
}

output "security_group_id" {
  description = "ID of the servers' security group, which a database must admit."
  value       = aws_security_group.this.id
}

output "role_name" {
  description = "Name of the servers' role, to attach what the application needs."
  value       = aws_iam_role.this.name
}
