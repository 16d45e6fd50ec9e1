provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_lb" "primary" {
  name = "primary"
}

resource "aws_lb" "secondary" {
  provider = aws.secondary

  name = "secondary"
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

resource "aws_route53_record" "primary" {
  zone_id        = aws_route53_zone.this.zone_id
  name           = "www.example.com"
  type           = "CNAME"
  ttl            = 60
  records        = [aws_lb.primary.dns_name]
  set_identifier = "primary"

  failover_routing_policy {
    type = "PRIMARY"
  }
}

resource "aws_route53_record" "secondary" {
  zone_id        = aws_route53_zone.this.zone_id
  name           = "www.example.com"
  type           = "CNAME"
  ttl            = 30
  records        = [aws_lb.secondary.dns_name]
  set_identifier = "secondary"

  failover_routing_policy {
    type = "SECONDARY"
  }
}
