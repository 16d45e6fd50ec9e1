output "bucket" {
  description = "Name of the bucket, once load balancers may write to it."
  value       = aws_s3_bucket_policy.this.bucket
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}
