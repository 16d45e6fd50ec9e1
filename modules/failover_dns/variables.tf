variable "record_name" {
  description = "Full name that fails over, such as www.example.com."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)+[a-z]{2,}$", var.record_name))
    error_message = "The name must be a full domain name in lower case without a trailing dot, such as www.example.com."
  }
}

variable "zone_name" {
  description = "Domain name of the hosted zone to create; null to use the existing one of zone_id."
  type        = string
  default     = null

  validation {
    condition     = var.zone_name == null || can(regex("^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)+[a-z]{2,}$", var.zone_name))
    error_message = "The name must be a full domain name in lower case without a trailing dot, such as example.com."
  }
}

variable "zone_id" {
  description = "ID of an existing hosted zone to put the records in; null to create zone_name. Exactly one of the two is given."
  type        = string
  default     = null

  validation {
    condition     = var.zone_id == null || can(regex("^[A-Z0-9]{1,32}$", var.zone_id))
    error_message = "A hosted zone's ID is upper-case letters and digits, such as Z1H1FL5HABSF5."
  }
}

variable "primary_load_balancer_dns_name" {
  description = "DNS name of the primary region's load balancer."
  type        = string
}

variable "primary_load_balancer_zone_id" {
  description = "ID of the hosted zone of the primary region's load balancer."
  type        = string

  validation {
    condition     = can(regex("^[A-Z0-9]{1,32}$", var.primary_load_balancer_zone_id))
    error_message = "A hosted zone's ID is upper-case letters and digits, such as Z1H1FL5HABSF5."
  }
}

variable "secondary_load_balancer_dns_name" {
  description = "DNS name of the secondary region's load balancer."
  type        = string
}

variable "secondary_load_balancer_zone_id" {
  description = "ID of the hosted zone of the secondary region's load balancer."
  type        = string

  validation {
    condition     = can(regex("^[A-Z0-9]{1,32}$", var.secondary_load_balancer_zone_id))
    error_message = "A hosted zone's ID is upper-case letters and digits, such as Z1H1FL5HABSF5."
  }
}

variable "health_check_type" {
  description = "Protocol of the health checks: HTTP or HTTPS."
  type        = string
  default     = "HTTP"

  validation {
    condition     = contains(["HTTP", "HTTPS"], var.health_check_type)
    error_message = "The type must be HTTP or HTTPS: a TCP check calls a server healthy that answers every request with an error."
  }
}

variable "health_check_port" {
  description = "Port of the health checks."
  type        = number
  default     = 80

  validation {
    condition     = var.health_check_port >= 1 && var.health_check_port <= 65535 && floor(var.health_check_port) == var.health_check_port
    error_message = "A port is a whole number from 1 to 65535."
  }
}

variable "health_check_path" {
  description = "Path that answers 2xx or 3xx while the region can serve."
  type        = string
  default     = "/healthz"

  validation {
    condition     = can(regex("^/", var.health_check_path))
    error_message = "The path must start with a slash."
  }
}

variable "health_check_interval" {
  description = "Seconds between two probes of one health checker: 10 (fast) or 30 (standard)."
  type        = number
  default     = 30

  validation {
    condition     = contains([10, 30], var.health_check_interval)
    error_message = "Route 53 probes every 10 or every 30 seconds."
  }
}

variable "health_check_failure_threshold" {
  description = "Number of probes in a row that must fail before a region counts as lost, and succeed before it counts as back."
  type        = number
  default     = 3

  validation {
    condition     = var.health_check_failure_threshold >= 1 && var.health_check_failure_threshold <= 10 && floor(var.health_check_failure_threshold) == var.health_check_failure_threshold
    error_message = "The threshold is a whole number from 1 to 10."
  }
}

variable "tags" {
  description = "Tags for the hosted zone and the health checks, besides Name."
  type        = map(string)
  default     = {}
}
