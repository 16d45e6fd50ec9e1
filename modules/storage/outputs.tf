output "primary_bucket" {
  description = "Name of the primary region's bucket, once nobody can make it public."
  value       = aws_s3_bucket_policy.primary.bucket
}

output "primary_bucket_arn" {
  description = "ARN of the primary region's bucket, for the policies of who may use it."
  value       = aws_s3_bucket.primary.arn
}

output "secondary_bucket" {
  description = "Name of the secondary region's bucket, once nobody can make it public."
  value       = aws_s3_bucket_policy.secondary.bucket
}

output "secondary_bucket_arn" {
  description = "ARN of the secondary region's bucket, for the policies of who may use it."
  value       = aws_s3_bucket.secondary.arn
}

output "replication_role_arn" {
  description = "ARN of the role that copies from the primary to the secondary region."
  value       = aws_iam_role.replication.arn
}
