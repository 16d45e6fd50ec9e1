terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_vpc" "this" {
  cidr_block = "10.50.0.0/24"
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "this" {
  for_each = { "eu-central-1a" = 0, "eu-central-1b" = 1 }

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, each.value)
}

resource "aws_acm_certificate" "this" {
  domain_name       = "secure.example.com"
  validation_method = "DNS"
}

module "plain" {
  source = "../../../../modules/load_balancer"

  name              = "plain"
  vpc_id            = aws_vpc.this.id
  vpc_cidr_block    = aws_vpc.this.cidr_block
  public_subnet_ids = [for subnet in aws_subnet.this : subnet.id]
  depends_on        = [aws_internet_gateway.this]
}

module "secure" {
  source = "../../../../modules/load_balancer"

  name                = "secure"
  vpc_id              = aws_vpc.this.id
  vpc_cidr_block      = aws_vpc.this.cidr_block
  public_subnet_ids   = [for subnet in aws_subnet.this : subnet.id]
  allowed_cidr_blocks = ["198.51.100.0/24", "203.0.113.0/24"]
  https_enabled       = true
  certificate_arn     = aws_acm_certificate.this.arn
  target_port         = 9000
  health_check_path   = "/ready"
  tags                = { Owner = "platform" }
  depends_on          = [aws_internet_gateway.this]
}

output "plain" {
  description = "Every output of the load balancer that serves HTTP."
  value       = module.plain
}

output "secure" {
  description = "Every output of the load balancer that serves HTTPS."
  value       = module.secure
}

output "vpc_id" {
  description = "ID of the VPC that both stand in."
  value       = aws_vpc.this.id
}

output "subnet_ids" {
  description = "IDs of the subnets that both stand in."
  value       = [for subnet in aws_subnet.this : subnet.id]
}

output "certificate_arn" {
  description = "ARN of the certificate."
  value       = aws_acm_certificate.this.arn
}
