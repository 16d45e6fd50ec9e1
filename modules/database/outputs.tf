output "global_cluster_identifier" {
  description = "Identifier of the global cluster, for a switchover or a failover."
  value       = aws_rds_global_cluster.this.id
}

output "primary_cluster_identifier" {
  description = "Identifier of the primary region's cluster, for its alarms."
  value       = aws_rds_cluster.primary.id
}

output "primary_cluster_arn" {
  description = "ARN of the primary region's cluster, by which a switchover or a failover names it."
  value       = aws_rds_cluster.primary.arn
}

output "primary_endpoint" {
  description = "Name at which the primary region's cluster takes writes, until the roles change."
  value       = aws_rds_cluster.primary.endpoint
}

output "primary_reader_endpoint" {
  description = "Name at which the primary region's cluster is read."
  value       = aws_rds_cluster.primary.reader_endpoint
}

output "primary_security_group_id" {
  description = "ID of the security group of the primary region's cluster."
  value       = aws_security_group.primary.id
}

output "primary_kms_key_arn" {
  description = "ARN of the key that encrypts the primary region's cluster."
  value       = aws_kms_key.primary.arn
}

output "secondary_cluster_identifier" {
  description = "Identifier of the secondary region's cluster, for its alarms."
  value       = aws_rds_cluster.secondary.id
}

output "secondary_cluster_arn" {
  description = "ARN of the secondary region's cluster, by which a switchover or a failover names it."
  value       = aws_rds_cluster.secondary.arn
}

output "secondary_endpoint" {
  description = "Name at which the secondary region's cluster takes writes, once it is the writer."
  value       = aws_rds_cluster.secondary.endpoint
}

output "secondary_reader_endpoint" {
  description = "Name at which the secondary region's cluster is read."
  value       = aws_rds_cluster.secondary.reader_endpoint
}

output "secondary_security_group_id" {
  description = "ID of the security group of the secondary region's cluster."
  value       = aws_security_group.secondary.id
}

output "secondary_kms_key_arn" {
  description = "ARN of the key that encrypts the secondary region's cluster."
  value       = aws_kms_key.secondary.arn
}

output "port" {
  description = "Port of the database in both regions."
  value       = aws_rds_cluster.primary.port
}
