variable "name" {
  description = "Name of the load balancer, its target group and its security group."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.name)) && !startswith(var.name, "internal-")
    error_message = "The name must hold 2 to 32 lower-case letters, digits and hyphens, start with a letter, not end with a hyphen and not start with internal-."
  }
}

variable "vpc_id" {
  description = "ID of the VPC that the subnets belong to."
  type        = string
}

variable "public_subnet_ids" {
  description = "IDs of at least two public subnets, in distinct zones."
  type        = list(string)

  validation {
    condition     = length(var.public_subnet_ids) >= 2
    error_message = "An application load balancer needs subnets in at least two availability zones."
  }
}

variable "allowed_cidr_blocks" {
  description = "IPv4 ranges that may reach the listeners. Route 53's health checkers must be among them."
  type        = list(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = length(var.allowed_cidr_blocks) > 0 && alltrue([for block in var.allowed_cidr_blocks : can(cidrnetmask(block))])
    error_message = "Give at least one IPv4 CIDR block, such as 0.0.0.0/0."
  }
}

variable "https_enabled" {
  description = "Whether the service is offered over HTTPS, with certificate_arn; HTTP then only redirects. A switch of its own, because the ARN of a certificate is not known while planning."
  type        = bool
  default     = false
}

variable "certificate_arn" {
  description = "ARN of an ACM certificate in this region; required with https_enabled."
  type        = string
  default     = null
}

variable "ssl_policy" {
  description = "TLS policy of the HTTPS listener: TLS 1.2 or newer."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-2021-06"

  validation {
    condition     = can(regex("^ELBSecurityPolicy-(TLS13-1-[23]|FS-1-2|TLS-1-2)", var.ssl_policy))
    error_message = "The policy must allow nothing older than TLS 1.2, such as ELBSecurityPolicy-TLS13-1-2-2021-06."
  }
}

variable "target_port" {
  description = "Port on which the targets serve HTTP."
  type        = number
  default     = 8080

  validation {
    condition     = var.target_port >= 1 && var.target_port <= 65535 && floor(var.target_port) == var.target_port
    error_message = "A port is a whole number from 1 to 65535."
  }
}

variable "health_check_path" {
  description = "Path that answers 200 when a target can serve."
  type        = string
  default     = "/healthz"

  validation {
    condition     = can(regex("^/", var.health_check_path))
    error_message = "The path must start with a slash."
  }
}

variable "deletion_protection_enabled" {
  description = "Whether AWS refuses to delete the load balancer."
  type        = bool
  default     = false
}

variable "access_logs_enabled" {
  description = "Whether requests are logged to access_logs_bucket."
  type        = bool
  default     = false
}

variable "access_logs_bucket" {
  description = "Name of a bucket in this region for the access logs; required with access_logs_enabled."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for every resource of the load balancer, besides Name."
  type        = map(string)
  default     = {}
}

variable "vpc_cidr_block" {
  description = "IPv4 range of the VPC, where the targets are."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr_block))
    error_message = "The range must be an IPv4 CIDR block, such as 10.0.0.0/16."
  }
}
