output "topic_arn" {
  description = "ARN of the topic that the alarms of this region go to; subscribe whoever is on call."
  value       = aws_sns_topic.this.arn
}

output "alarm_names" {
  description = "Names of the alarms."
  value = concat(
    [for alarm in aws_cloudwatch_metric_alarm.health_check : alarm.alarm_name],
    aws_cloudwatch_metric_alarm.unhealthy_hosts[*].alarm_name,
    aws_cloudwatch_metric_alarm.healthy_hosts[*].alarm_name,
    aws_cloudwatch_metric_alarm.replication_lag[*].alarm_name,
  )
}
