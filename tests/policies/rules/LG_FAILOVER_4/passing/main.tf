provider "aws" {
  region = "us-east-1"
}

resource "aws_lb" "primary" {
  name = "primary"
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

resource "aws_route53_record" "primary" {
  zone_id        = aws_route53_zone.this.zone_id
  name           = "www.example.com"
  type           = "A"
  set_identifier = "primary"

  failover_routing_policy {
    type = "PRIMARY"
  }

  alias {
    name                   = aws_lb.primary.dns_name
    zone_id                = aws_lb.primary.zone_id
    evaluate_target_health = true
  }
}
