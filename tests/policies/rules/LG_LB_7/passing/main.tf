provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_lb" "secondary" {
  provider = aws.secondary

  name = "web"
}

resource "aws_acm_certificate" "secondary" {
  provider = aws.secondary

  domain_name       = "www.example.com"
  validation_method = "DNS"
}

resource "aws_lb_listener" "https" {
  provider = aws.secondary

  load_balancer_arn = aws_lb.secondary.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.secondary.arn

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
    }
  }
}
