# expect: aws_route53_health_check.disabled
# expect: aws_route53_health_check.inverted
provider "aws" {
  region = "us-east-1"
}

resource "aws_lb" "primary" {
  name = "primary"
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

resource "aws_route53_health_check" "disabled" {
  fqdn              = aws_lb.primary.dns_name
  type              = "HTTPS"
  port              = 443
  resource_path     = "/healthz"
  request_interval  = 10
  failure_threshold = 3
  disabled          = true
}

resource "aws_route53_health_check" "inverted" {
  fqdn               = aws_lb.primary.dns_name
  type               = "HTTPS"
  port               = 443
  resource_path      = "/healthz"
  request_interval   = 10
  failure_threshold  = 3
  invert_healthcheck = true
}

# What is wrong stands behind a check that only counts others.
resource "aws_route53_health_check" "all" {
  type                   = "CALCULATED"
  child_health_threshold = 2
  child_healthchecks = [
    aws_route53_health_check.disabled.id,
    aws_route53_health_check.inverted.id,
  ]
}

resource "aws_route53_record" "primary" {
  zone_id         = aws_route53_zone.this.zone_id
  name            = "www.example.com"
  type            = "A"
  set_identifier  = "primary"
  health_check_id = aws_route53_health_check.all.id

  failover_routing_policy {
    type = "PRIMARY"
  }

  alias {
    name                   = aws_lb.primary.dns_name
    zone_id                = aws_lb.primary.zone_id
    evaluate_target_health = true
  }
}
