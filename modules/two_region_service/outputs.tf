output "record_fqdn" {
  description = "Full name that fails over between the regions."
  value       = module.failover_dns.record_fqdn
}

output "zone_id" {
  description = "ID of the hosted zone that holds the failover records."
  value       = module.failover_dns.zone_id
}

output "name_servers" {
  description = "Name servers of the created hosted zone; empty for an existing one."
  value       = module.failover_dns.name_servers
}

output "primary_vpc_id" {
  description = "ID of the primary region's VPC."
  value       = module.network_primary.vpc_id
}

output "secondary_vpc_id" {
  description = "ID of the secondary region's VPC."
  value       = module.network_secondary.vpc_id
}

output "primary_load_balancer_dns_name" {
  description = "DNS name of the primary region's load balancer."
  value       = module.load_balancer_primary.load_balancer_dns_name
}

output "secondary_load_balancer_dns_name" {
  description = "DNS name of the secondary region's load balancer."
  value       = module.load_balancer_secondary.load_balancer_dns_name
}

output "detection_seconds" {
  description = "Seconds from a fault to an unhealthy health check; clients follow at most 60 seconds (the alias's TTL) later."
  value       = module.failover_dns.detection_seconds
}

output "primary_autoscaling_group_name" {
  description = "Name of the primary region's auto scaling group."
  value       = module.app_primary.autoscaling_group_name
}

output "secondary_autoscaling_group_name" {
  description = "Name of the secondary region's auto scaling group."
  value       = module.app_secondary.autoscaling_group_name
}

output "service_url" {
  description = "Where the service answers, from whichever region is healthy."
  value       = "${var.https_enabled ? "https" : "http"}://${var.record_name}"
}

output "primary_private_subnet_ids" {
  description = "IDs of the primary region's private subnets, for a database."
  value       = module.network_primary.private_subnet_ids
}

output "secondary_private_subnet_ids" {
  description = "IDs of the secondary region's private subnets, for a database."
  value       = module.network_secondary.private_subnet_ids
}

output "primary_app_security_group_id" {
  description = "ID of the primary region's servers' security group, which a database must admit."
  value       = module.app_primary.security_group_id
}

output "secondary_app_security_group_id" {
  description = "ID of the secondary region's servers' security group, which a database must admit."
  value       = module.app_secondary.security_group_id
}

output "primary_app_role_name" {
  description = "Name of the primary region's servers' role, to attach what the application needs."
  value       = module.app_primary.role_name
}

output "secondary_app_role_name" {
  description = "Name of the secondary region's servers' role, to attach what the application needs."
  value       = module.app_secondary.role_name
}

output "primary_topic_arn" {
  description = "ARN of the topic that the primary region's alarms go to; subscribe whoever is on call."
  value       = module.alarms_primary.topic_arn
}

output "secondary_topic_arn" {
  description = "ARN of the topic that the secondary region's alarms go to; subscribe whoever is on call."
  value       = module.alarms_secondary.topic_arn
}

output "primary_bucket" {
  description = "Name of the primary region's bucket; null without storage."
  value       = one(module.storage[*].primary_bucket)
}

output "secondary_bucket" {
  description = "Name of the secondary region's bucket; null without storage."
  value       = one(module.storage[*].secondary_bucket)
}

output "global_cluster_identifier" {
  description = "Identifier of the global database, for a switchover or a failover; null without a database."
  value       = one(module.database[*].global_cluster_identifier)
}

output "primary_cluster_arn" {
  description = "ARN of the primary region's database cluster, by which a switchover or a failover names it; null without a database."
  value       = one(module.database[*].primary_cluster_arn)
}

output "secondary_cluster_arn" {
  description = "ARN of the secondary region's database cluster, by which a switchover or a failover names it; null without a database."
  value       = one(module.database[*].secondary_cluster_arn)
}

output "primary_endpoint" {
  description = "Name at which the primary region's database takes writes, until the roles change; null without a database."
  value       = one(module.database[*].primary_endpoint)
}

output "secondary_endpoint" {
  description = "Name at which the secondary region's database takes writes, once it is the writer; null without a database."
  value       = one(module.database[*].secondary_endpoint)
}

output "primary_reader_endpoint" {
  description = "Name at which the primary region's database is read; null without a database."
  value       = one(module.database[*].primary_reader_endpoint)
}

output "secondary_reader_endpoint" {
  description = "Name at which the secondary region's database is read; null without a database."
  value       = one(module.database[*].secondary_reader_endpoint)
}
