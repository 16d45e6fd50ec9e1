################################################################################
# Hosted zone
################################################################################

resource "aws_route53_zone" "this" {
  # By the name, which is always known while planning; an ID is not, if its zone is made as well.
  count = var.zone_name == null ? 0 : 1

  name          = var.zone_name
  comment       = "Failover for ${var.record_name}"
  force_destroy = false

  tags = merge(var.tags, { Name = var.zone_name })
}

################################################################################
# Health checks: each probes the load balancer of its own region
################################################################################

resource "aws_route53_health_check" "primary" {
  fqdn              = var.primary_load_balancer_dns_name
  type              = var.health_check_type
  port              = var.health_check_port
  resource_path     = var.health_check_path
  request_interval  = var.health_check_interval
  failure_threshold = var.health_check_failure_threshold

  tags = merge(var.tags, { Name = "${var.record_name}-primary" })
}

resource "aws_route53_health_check" "secondary" {
  fqdn              = var.secondary_load_balancer_dns_name
  type              = var.health_check_type
  port              = var.health_check_port
  resource_path     = var.health_check_path
  request_interval  = var.health_check_interval
  failure_threshold = var.health_check_failure_threshold

  tags = merge(var.tags, { Name = "${var.record_name}-secondary" })
}

################################################################################
# Failover records
################################################################################

resource "aws_route53_record" "primary" {
  # Not by a local value: a plan holds no locals, and whoever judges one follows references.
  zone_id         = var.zone_name == null ? var.zone_id : aws_route53_zone.this[0].zone_id
  name            = var.record_name
  type            = "A"
  set_identifier  = "primary"
  health_check_id = aws_route53_health_check.primary.id

  failover_routing_policy {
    type = "PRIMARY"
  }

  alias {
    name                   = var.primary_load_balancer_dns_name
    zone_id                = var.primary_load_balancer_zone_id
    evaluate_target_health = true
  }

  lifecycle {
    precondition {
      condition     = (var.zone_name == null) != (var.zone_id == null)
      error_message = "Give either zone_name, to create a hosted zone, or zone_id, to use an existing one."
    }

    precondition {
      condition     = var.zone_name == null || endswith(".${var.record_name}", ".${coalesce(var.zone_name, "-")}")
      error_message = "record_name must be zone_name or end with it: a zone answers for nothing else."
    }
  }
}

resource "aws_route53_record" "secondary" {
  zone_id         = var.zone_name == null ? var.zone_id : aws_route53_zone.this[0].zone_id
  name            = var.record_name
  type            = "A"
  set_identifier  = "secondary"
  health_check_id = aws_route53_health_check.secondary.id

  failover_routing_policy {
    type = "SECONDARY"
  }

  alias {
    name                   = var.secondary_load_balancer_dns_name
    zone_id                = var.secondary_load_balancer_zone_id
    evaluate_target_health = true
  }
}
