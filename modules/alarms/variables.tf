variable "name" {
  description = "Name of the topic, and what the alarms' names start with."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,62}[a-z0-9]$", var.name))
    error_message = "The name must start with a lower-case letter and hold 2 to 64 lower-case letters, digits and hyphens."
  }
}

variable "health_check_ids" {
  description = "IDs of Route 53 health checks to watch, by what each probes, such as primary. Only for a call in us-east-1, where Route 53 keeps its metrics."
  type        = map(string)
  default     = {}
}

variable "host_alarms_enabled" {
  description = "Whether the targets of load_balancer_arn and target_group_arn are watched."
  type        = bool
  default     = true
}

variable "load_balancer_arn" {
  description = "ARN of this region's load balancer; required with host_alarms_enabled."
  type        = string
  default     = null

  validation {
    condition     = var.load_balancer_arn == null || can(regex(":loadbalancer/app/", var.load_balancer_arn))
    error_message = "Give the ARN of an application load balancer, which holds :loadbalancer/app/."
  }
}

variable "target_group_arn" {
  description = "ARN of this region's target group; required with host_alarms_enabled."
  type        = string
  default     = null

  validation {
    condition     = var.target_group_arn == null || can(regex(":targetgroup/", var.target_group_arn))
    error_message = "Give the ARN of a target group, which holds :targetgroup/."
  }
}

variable "minimum_healthy_hosts" {
  description = "Number of healthy targets below which the region is in alarm."
  type        = number
  default     = 1

  validation {
    condition     = var.minimum_healthy_hosts >= 1 && floor(var.minimum_healthy_hosts) == var.minimum_healthy_hosts
    error_message = "Give a whole number from 1: below that, no loss would ever be told."
  }
}

variable "host_alarm_minutes" {
  description = "Minutes for which targets must be unhealthy, or too few, before it is an alarm."
  type        = number
  default     = 3

  validation {
    condition     = var.host_alarm_minutes >= 1 && var.host_alarm_minutes <= 60 && floor(var.host_alarm_minutes) == var.host_alarm_minutes
    error_message = "Give whole minutes from 1 to 60."
  }
}

variable "replication_lag_alarm_enabled" {
  description = "Whether the replication lag of database_cluster_identifier is watched. For the reader's region, which measures it."
  type        = bool
  default     = false
}

variable "database_cluster_identifier" {
  description = "Identifier of the Aurora reader cluster of this region; required with replication_lag_alarm_enabled."
  type        = string
  default     = null
}

variable "replication_lag_milliseconds" {
  description = "Milliseconds of lag above which replication is in alarm: what a failover may lose."
  type        = number
  default     = 5000

  validation {
    condition     = var.replication_lag_milliseconds > 0
    error_message = "Give milliseconds above 0: replication to another region always lags a little."
  }
}

variable "kms_master_key_id" {
  description = "ID of the KMS key that encrypts the topic. Its policy must admit cloudwatch.amazonaws.com, which that of alias/aws/sns does not; null for no key."
  type        = string
  default     = null

  validation {
    condition     = var.kms_master_key_id == null || var.kms_master_key_id != "alias/aws/sns"
    error_message = "CloudWatch may not use alias/aws/sns, and its alarms would reach nobody: give a key of your own, or null."
  }
}

variable "tags" {
  description = "Tags for the topic and the alarms, besides Name."
  type        = map(string)
  default     = {}
}
