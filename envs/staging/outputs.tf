output "service_url" {
  description = "Where the service answers, from whichever region is healthy."
  value       = module.service.service_url
}

output "name_servers" {
  description = "Name servers to delegate the domain to."
  value       = module.service.name_servers
}

output "primary_load_balancer_dns_name" {
  description = "DNS name of the load balancer in us-east-1."
  value       = module.service.primary_load_balancer_dns_name
}

output "secondary_load_balancer_dns_name" {
  description = "DNS name of the load balancer in us-west-2."
  value       = module.service.secondary_load_balancer_dns_name
}

output "vpc_ids" {
  description = "IDs of the VPCs, by region."
  value = {
    us-east-1 = module.service.primary_vpc_id
    us-west-2 = module.service.secondary_vpc_id
  }
}

output "recovery_seconds" {
  description = "Longest time until clients reach the other region: detection, and the 60 seconds for which a load balancer's alias may be cached."
  value       = module.service.detection_seconds + 60
}

output "alarm_topic_arns" {
  description = "ARNs of the topics that alarms go to, by region; subscribe whoever is on call."
  value = {
    us-east-1 = module.service.primary_topic_arn
    us-west-2 = module.service.secondary_topic_arn
  }
}

output "buckets" {
  description = "Names of the buckets for the service's objects, by region."
  value = {
    us-east-1 = module.service.primary_bucket
    us-west-2 = module.service.secondary_bucket
  }
}

output "global_cluster_identifier" {
  description = "Identifier of the global database, for a switchover or a failover."
  value       = module.service.global_cluster_identifier
}

output "cluster_arns" {
  description = "ARNs of the database's clusters by region, for a switchover or a failover."
  value = {
    us-east-1 = module.service.primary_cluster_arn
    us-west-2 = module.service.secondary_cluster_arn
  }
}

output "database_endpoints" {
  description = "Names at which the database takes writes, by region; only the writer's does."
  value = {
    us-east-1 = module.service.primary_endpoint
    us-west-2 = module.service.secondary_endpoint
  }
}
