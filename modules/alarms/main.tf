# Asks no API: the name is what the provider is set to.
data "aws_region" "this" {}

locals {
  # CloudWatch names a load balancer by what follows "loadbalancer/" in its ARN, and a target group
  # by what follows the last colon.
  load_balancer = var.host_alarms_enabled ? try(split("loadbalancer/", var.load_balancer_arn)[1], "") : ""
  target_group  = var.host_alarms_enabled ? try(element(split(":", var.target_group_arn), 5), "") : ""
}

################################################################################
# Topic: of this region, because an alarm can only reach a topic beside it
################################################################################

resource "aws_sns_topic" "this" {
  name              = var.name
  kms_master_key_id = var.kms_master_key_id

  tags = merge(var.tags, { Name = var.name })
}

################################################################################
# Health checks: Route 53 keeps their metrics in us-east-1, and nowhere else
################################################################################

resource "aws_cloudwatch_metric_alarm" "health_check" {
  for_each = var.health_check_ids

  alarm_name          = "${var.name}-health-check-${each.key}"
  alarm_description   = "Route 53 calls ${each.key} unhealthy, and its record fails over or may not be failed over to."
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = each.value }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 1
  # A health check that nobody reports on is as good as none.
  treat_missing_data = "breaching"
  alarm_actions      = [aws_sns_topic.this.arn]
  ok_actions         = [aws_sns_topic.this.arn]

  tags = merge(var.tags, { Name = "${var.name}-health-check-${each.key}" })

  lifecycle {
    precondition {
      condition     = data.aws_region.this.id == "us-east-1"
      error_message = "health_check_ids are for a call in us-east-1: Route 53 keeps its metrics there, and an alarm elsewhere would never see one."
    }
  }
}

################################################################################
# Hosts: some fail, or too few are left
################################################################################

resource "aws_cloudwatch_metric_alarm" "unhealthy_hosts" {
  count = var.host_alarms_enabled ? 1 : 0

  alarm_name          = "${var.name}-unhealthy-hosts"
  alarm_description   = "The load balancer has found at least one target unhealthy for ${var.host_alarm_minutes} minutes."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  dimensions          = { LoadBalancer = local.load_balancer, TargetGroup = local.target_group }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = var.host_alarm_minutes
  # No targets is what the next alarm tells.
  treat_missing_data = "notBreaching"
  alarm_actions      = [aws_sns_topic.this.arn]
  ok_actions         = [aws_sns_topic.this.arn]

  tags = merge(var.tags, { Name = "${var.name}-unhealthy-hosts" })

  lifecycle {
    precondition {
      condition     = var.load_balancer_arn != null && var.target_group_arn != null
      error_message = "host_alarms_enabled needs load_balancer_arn and target_group_arn, of this region."
    }
  }
}

# Targets that are gone are not unhealthy: nothing would be left to fail, and nothing would be said.
resource "aws_cloudwatch_metric_alarm" "healthy_hosts" {
  count = var.host_alarms_enabled ? 1 : 0

  alarm_name          = "${var.name}-healthy-hosts"
  alarm_description   = "Fewer than ${var.minimum_healthy_hosts} healthy targets for ${var.host_alarm_minutes} minutes."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = local.load_balancer, TargetGroup = local.target_group }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = var.minimum_healthy_hosts
  period              = 60
  evaluation_periods  = var.host_alarm_minutes
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  tags = merge(var.tags, { Name = "${var.name}-healthy-hosts" })
}

################################################################################
# Replication: measured by the reader, in its region, which outlives the writer's
################################################################################

resource "aws_cloudwatch_metric_alarm" "replication_lag" {
  count = var.replication_lag_alarm_enabled ? 1 : 0

  alarm_name          = "${var.name}-replication-lag"
  alarm_description   = "This region's database is more than ${var.replication_lag_milliseconds} ms behind the writer: a failover now would lose that much."
  namespace           = "AWS/RDS"
  metric_name         = "AuroraGlobalDBReplicationLag"
  dimensions          = { DBClusterIdentifier = var.database_cluster_identifier }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.replication_lag_milliseconds
  period              = 60
  evaluation_periods  = 3
  # Replication that stopped reports no lag.
  treat_missing_data = "breaching"
  alarm_actions      = [aws_sns_topic.this.arn]
  ok_actions         = [aws_sns_topic.this.arn]

  tags = merge(var.tags, { Name = "${var.name}-replication-lag" })

  lifecycle {
    precondition {
      condition     = var.database_cluster_identifier != null
      error_message = "replication_lag_alarm_enabled needs database_cluster_identifier, the reader cluster of this region."
    }
  }
}
