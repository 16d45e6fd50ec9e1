output "vpc_id" {
  description = "ID of the VPC."
  value       = aws_vpc.this.id
}

output "vpc_cidr_block" {
  description = "IPv4 range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "internet_gateway_id" {
  description = "ID of the internet gateway."
  value       = aws_internet_gateway.this.id
}

output "public_subnet_ids" {
  description = "IDs of the public subnets, one per zone, in the order of availability_zones."
  value       = [for zone in var.availability_zones : aws_subnet.public[zone].id]
}

output "private_subnet_ids" {
  description = "IDs of the private subnets, one per zone, in the order of availability_zones."
  value       = [for zone in var.availability_zones : aws_subnet.private[zone].id]
}

output "public_route_table_id" {
  description = "ID of the public subnets' route table."
  value       = aws_route_table.public.id
}

output "private_route_table_ids" {
  description = "IDs of the private subnets' route tables, one per zone, in the order of availability_zones."
  value       = [for zone in var.availability_zones : aws_route_table.private[zone].id]
}

output "nat_public_ips" {
  description = "Public addresses that the private subnets' requests come from, in the order of availability_zones."
  value       = [for zone in local.nat_zones : aws_eip.nat[zone].public_ip]
}

output "vpc_endpoint_ids" {
  description = "IDs of the gateway endpoints, by service."
  value       = { for service, endpoint in aws_vpc_endpoint.gateway : service => endpoint.id }
}

output "flow_log_id" {
  description = "ID of the VPC's flow log; null without one."
  value       = one(aws_flow_log.this[*].id)
}

output "flow_log_group_name" {
  description = "Name of the log group that the flow log is written to; null without one."
  value       = one(aws_cloudwatch_log_group.flow_logs[*].name)
}
