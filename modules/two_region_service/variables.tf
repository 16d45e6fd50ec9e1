variable "name" {
  description = "Name of the service; it prefixes the names of everything in both regions."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.name))
    error_message = "The name must start with a lower-case letter and hold 2 to 20 lower-case letters, digits and hyphens."
  }
}

variable "record_name" {
  description = "Full name that fails over between the regions, such as www.example.com."
  type        = string
}

variable "zone_name" {
  description = "Domain name of the hosted zone to create; null to use the existing one of zone_id."
  type        = string
  default     = null
}

variable "zone_id" {
  description = "ID of an existing hosted zone to put the records in; null to create zone_name. Exactly one of the two is given."
  type        = string
  default     = null
}

variable "primary_cidr_block" {
  description = "IPv4 range of the primary region's VPC."
  type        = string
}

variable "secondary_cidr_block" {
  description = "IPv4 range of the secondary region's VPC; it must not overlap the primary's, so that the two can be peered."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.secondary_cidr_block))
    error_message = "The range must be an IPv4 CIDR block, such as 10.1.0.0/16."
  }

  validation {
    # Ranges overlap if they are the same at the length of the larger one.
    condition = length(distinct([
      for block in [var.primary_cidr_block, var.secondary_cidr_block] : try(cidrhost(format("%s/%d", split("/", block)[0], min(
        tonumber(split("/", var.primary_cidr_block)[1]), tonumber(split("/", var.secondary_cidr_block)[1])
      )), 0), block)
    ])) == 2
    error_message = "The ranges of the two regions must not overlap."
  }
}

variable "primary_availability_zones" {
  description = "Names of at least two availability zones of the primary region."
  type        = list(string)
}

variable "secondary_availability_zones" {
  description = "Names of at least two availability zones of the secondary region."
  type        = list(string)
}

variable "nat_gateways" {
  description = "How the servers of each region reach the internet: none, one (cheaper, but its zone's loss cuts off all zones) or per_zone."
  type        = string
  default     = "per_zone"
}

variable "flow_logs_enabled" {
  description = "Whether the traffic of both VPCs is logged, each to a log group of its region. It costs by what is logged."
  type        = bool
  default     = false
}

variable "flow_logs_traffic_type" {
  description = "Which traffic is logged: ALL, or only what was ACCEPT or REJECT, which is less."
  type        = string
  default     = "ALL"
}

variable "flow_logs_retention_days" {
  description = "Days for which the logs of traffic are kept."
  type        = number
  default     = 30
}

variable "health_check_path" {
  description = "Path that answers 200 while a region can serve."
  type        = string
  default     = "/healthz"
}

variable "health_check_interval" {
  description = "Seconds between two probes of one health checker: 10 (fast) or 30 (standard)."
  type        = number
  default     = 30
}

variable "health_check_failure_threshold" {
  description = "Number of probes in a row that must fail before a region counts as lost."
  type        = number
  default     = 3
}

variable "deletion_protection_enabled" {
  description = "Whether AWS refuses to delete the load balancers and the database."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags for every resource, besides those that the modules set."
  type        = map(string)
  default     = {}
}

variable "https_enabled" {
  description = "Whether the service is offered over HTTPS, with a certificate in each region; HTTP then only redirects."
  type        = bool
  default     = false
}

variable "access_logs_bucket_prefix" {
  description = "Prefix of the names of the buckets for access logs, one in each region; null for no access logs."
  type        = string
  default     = null
}

variable "primary_image_id" {
  description = "ID of the servers' machine image in the primary region, or resolve:ssm: and the name of a parameter that holds one."
  type        = string
  default     = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

variable "secondary_image_id" {
  description = "ID of the servers' machine image in the secondary region, or resolve:ssm: and the name of a parameter that holds one."
  type        = string
  default     = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

variable "user_data" {
  description = "What a server of either region runs when it first starts, in plain text and without secrets; null if the image starts the application itself."
  type        = string
  default     = null
}

variable "instance_type" {
  description = "Type of the servers, the same in both regions."
  type        = string
  default     = "t3.small"
}

variable "primary_capacity" {
  description = "Number of servers that always run in the primary region."
  type        = number
  default     = 2
}

variable "secondary_capacity" {
  description = "Number of servers that always run in the secondary region: as many as in the primary for static stability, fewer for a warm standby."
  type        = number
  default     = 2
}

variable "maximum_capacity" {
  description = "Largest number of servers that scaling may reach in either region."
  type        = number
  default     = 6
}

variable "storage_bucket_prefix" {
  description = "Prefix of the names of the buckets for the service's objects, one in each region, the one copied to the other; null for none."
  type        = string
  default     = null
}

variable "database_enabled" {
  description = "Whether the service has an Aurora global database: its writer in the primary region, readers in the secondary."
  type        = bool
  default     = false
}

variable "database_engine_version" {
  description = "Version of Aurora PostgreSQL, in both regions."
  type        = string
  default     = "16.6"
}

variable "database_instance_class" {
  description = "Class of the database's instances, the same in both regions: after a failover the secondary takes the whole load."
  type        = string
  default     = "db.r6g.large"
}

variable "database_instance_count" {
  description = "Number of the database's instances in each region; with two, the loss of a zone costs seconds rather than minutes."
  type        = number
  default     = 2
}

variable "database_backup_retention_days" {
  description = "Days for which backups of the database are kept, in each region."
  type        = number
  default     = 14
}

variable "data_disposable" {
  description = "Whether destroying the service may throw its data away: the objects of its buckets, and the database without a last snapshot."
  type        = bool
  default     = false
}
