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
