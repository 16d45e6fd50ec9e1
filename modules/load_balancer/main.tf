locals {
  # What is offered to the world: HTTP always, if only to redirect.
  listener_ports = var.https_enabled ? [80, 443] : [80]
}

################################################################################
# Load balancer
################################################################################

resource "aws_lb" "this" {
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = var.public_subnet_ids
  security_groups            = [aws_security_group.this.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection_enabled

  dynamic "access_logs" {
    for_each = var.access_logs_enabled ? [true] : []

    content {
      bucket  = var.access_logs_bucket
      prefix  = var.name
      enabled = true
    }
  }

  tags = merge(var.tags, { Name = var.name })

  lifecycle {
    precondition {
      condition     = !var.access_logs_enabled || var.access_logs_bucket != null
      error_message = "access_logs_enabled needs access_logs_bucket, the name of a bucket in the load balancer's region."
    }
  }
}

resource "aws_lb_target_group" "this" {
  # With the port, because another port takes another group, which must stand before a listener
  # lets the old one go.
  name                 = "${trimsuffix(substr(var.name, 0, 26), "-")}-${var.target_port}"
  port                 = var.target_port
  protocol             = "HTTP"
  target_type          = "instance"
  vpc_id               = var.vpc_id
  deregistration_delay = 30

  health_check {
    enabled             = true
    protocol            = "HTTP"
    path                = var.health_check_path
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  tags = merge(var.tags, { Name = var.name })

  lifecycle {
    create_before_destroy = true
  }
}

################################################################################
# Listeners: HTTP serves, or only redirects once there is HTTPS
################################################################################

resource "aws_lb_listener" "http" {
  count = var.https_enabled ? 0 : 1

  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_lb_listener" "redirect" {
  count = var.https_enabled ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  count = var.https_enabled ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = var.ssl_policy
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }

  lifecycle {
    precondition {
      condition     = var.certificate_arn != null
      error_message = "https_enabled needs certificate_arn, a certificate in the load balancer's region."
    }
  }
}

################################################################################
# Security group: the listeners' ports from outside, the targets' port to the VPC
################################################################################

resource "aws_security_group" "this" {
  name        = "${var.name}-load-balancer"
  description = "Admits clients to the listeners of ${var.name}"
  vpc_id      = var.vpc_id

  tags = merge(var.tags, { Name = "${var.name}-load-balancer" })
}

resource "aws_security_group_rule" "listener" {
  for_each = toset([for port in local.listener_ports : tostring(port)])

  security_group_id = aws_security_group.this.id
  description       = "Clients and health checkers"
  type              = "ingress"
  protocol          = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)
  cidr_blocks       = var.allowed_cidr_blocks
}

resource "aws_security_group_rule" "targets" {
  security_group_id = aws_security_group.this.id
  description       = "Requests and health checks to the targets"
  type              = "egress"
  protocol          = "tcp"
  from_port         = var.target_port
  to_port           = var.target_port
  cidr_blocks       = [var.vpc_cidr_block]
}
