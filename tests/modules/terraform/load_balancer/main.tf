terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "elsewhere"
  region = "eu-north-1"
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

resource "aws_route53_zone" "this" {
  name = "example.com"
}

# As in examples/minimal: what has a default is left to it.
module "certificate" {
  source = "../../../../modules/certificate"

  domain_name = "secure.example.com"
  zone_id     = aws_route53_zone.this.zone_id
}

# As in examples/complete.
module "certificate_wildcard" {
  source = "../../../../modules/certificate"

  domain_name               = "*.example.com"
  zone_id                   = aws_route53_zone.this.zone_id
  create_validation_records = true
  tags                      = { Owner = "platform" }
}

# The same name's in another region: the record that proves it is there already.
module "certificate_elsewhere" {
  source    = "../../../../modules/certificate"
  providers = { aws = aws.elsewhere }

  domain_name               = "secure.example.com"
  zone_id                   = aws_route53_zone.this.zone_id
  create_validation_records = false
}

# As in examples/minimal.
module "access_logs" {
  source = "../../../../modules/access_logs"

  bucket = "lockgate-test-access-logs"
}

# As in examples/complete.
module "access_logs_thrown_away" {
  source = "../../../../modules/access_logs"

  bucket        = "lockgate-test-thrown-away"
  force_destroy = true
  tags          = { Owner = "platform" }
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
  certificate_arn     = module.certificate.certificate_arn
  access_logs_enabled = true
  access_logs_bucket  = module.access_logs.bucket
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

output "certificates" {
  description = "Every output of the certificates, by which it is."
  value = {
    here      = module.certificate
    wildcard  = module.certificate_wildcard
    elsewhere = module.certificate_elsewhere
  }
}

output "access_logs" {
  description = "Every output of the buckets for access logs, by which it is."
  value       = { kept = module.access_logs, thrown_away = module.access_logs_thrown_away }
}

output "zone_id" {
  description = "ID of the zone that proves the certificates' names."
  value       = aws_route53_zone.this.zone_id
}
