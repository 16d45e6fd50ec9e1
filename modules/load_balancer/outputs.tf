output "load_balancer_arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "load_balancer_dns_name" {
  description = "DNS name of the load balancer, for alias records and health checks."
  value       = aws_lb.this.dns_name
}

output "load_balancer_zone_id" {
  description = "ID of the hosted zone that AWS keeps the DNS name in, for alias records."
  value       = aws_lb.this.zone_id
}

output "target_group_arn" {
  description = "ARN of the target group that servers register with."
  value       = aws_lb_target_group.this.arn
}

output "target_port" {
  description = "Port on which the targets serve HTTP."
  value       = aws_lb_target_group.this.port
}

output "security_group_id" {
  description = "ID of the load balancer's security group, which targets must admit."
  value       = aws_security_group.this.id
}
