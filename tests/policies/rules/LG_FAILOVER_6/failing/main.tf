# expect: aws_route53_health_check.itself
# expect: aws_route53_health_check.server
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

resource "aws_instance" "secondary" {
  provider = aws.secondary

  ami           = "ami-12345678"
  instance_type = "t3.micro"
}

resource "aws_eip" "secondary" {
  provider = aws.secondary

  instance = aws_instance.secondary.id
}

resource "aws_route53_zone" "this" {
  name = "example.com"
}

# After a failover, the other region answers.
resource "aws_route53_health_check" "itself" {
  fqdn              = "www.example.com"
  type              = "HTTPS"
  port              = 443
  resource_path     = "/healthz"
  request_interval  = 10
  failure_threshold = 3
}

resource "aws_route53_health_check" "server" {
  ip_address        = aws_eip.secondary.public_ip
  type              = "HTTP"
  port              = 80
  resource_path     = "/healthz"
  request_interval  = 10
  failure_threshold = 3
}

resource "aws_route53_record" "primary" {
  zone_id         = aws_route53_zone.this.zone_id
  name            = "www.example.com"
  type            = "A"
  set_identifier  = "primary"
  health_check_id = aws_route53_health_check.itself.id

  failover_routing_policy {
    type = "PRIMARY"
  }

  alias {
    name                   = aws_lb.primary.dns_name
    zone_id                = aws_lb.primary.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "secondary" {
  zone_id         = aws_route53_zone.this.zone_id
  name            = "www.example.com"
  type            = "A"
  ttl             = 60
  records         = [aws_eip.secondary.public_ip]
  set_identifier  = "secondary"
  health_check_id = aws_route53_health_check.server.id

  failover_routing_policy {
    type = "SECONDARY"
  }
}
