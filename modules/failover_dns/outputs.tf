output "zone_id" {
  description = "ID of the hosted zone that holds the records."
  value       = var.zone_name == null ? var.zone_id : aws_route53_zone.this[0].zone_id
}

output "name_servers" {
  description = "Name servers of the created hosted zone, to delegate the domain to; empty for an existing one."
  value       = var.zone_name == null ? [] : aws_route53_zone.this[0].name_servers
}

output "record_fqdn" {
  description = "Full name that fails over."
  value       = aws_route53_record.primary.fqdn
}

output "primary_health_check_id" {
  description = "ID of the primary region's health check."
  value       = aws_route53_health_check.primary.id
}

output "secondary_health_check_id" {
  description = "ID of the secondary region's health check."
  value       = aws_route53_health_check.secondary.id
}

output "detection_seconds" {
  description = "Seconds from a fault to an unhealthy health check: interval times failure threshold."
  value       = var.health_check_interval * var.health_check_failure_threshold
}
