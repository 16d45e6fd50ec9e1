variable "name" {
  description = "Name of the network; it prefixes the Name tag of everything in it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.name))
    error_message = "The name must start with a lower-case letter and hold at most 31 lower-case letters, digits and hyphens."
  }
}

variable "cidr_block" {
  description = "IPv4 range of the VPC. Subnets take sixteenths of it: the first ones public, those from the ninth on private."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr_block)) && try(tonumber(split("/", var.cidr_block)[1]) >= 16 && tonumber(split("/", var.cidr_block)[1]) <= 24, false)
    error_message = "The range must be an IPv4 CIDR block between /16 and /24, such as 10.0.0.0/16: a VPC allows /16 to /28, and a sixteenth of it must still be a subnet."
  }
}

variable "availability_zones" {
  description = "Names of the availability zones to span, all of the provider's region. Given, not looked up, so that a zone that AWS adds never moves a subnet."
  type        = list(string)

  validation {
    condition     = length(var.availability_zones) >= 2 && length(var.availability_zones) <= 8 && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "Give two to eight distinct availability zones: a load balancer needs two to survive the loss of one."
  }

  validation {
    condition     = alltrue([for zone in var.availability_zones : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$", zone))])
    error_message = "An availability zone is a region's name and a letter, such as us-east-1a."
  }
}

variable "nat_gateways" {
  description = "How servers in the private subnets reach the internet: none, one (cheaper, but its zone's loss cuts off all zones) or per_zone."
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "one", "per_zone"], var.nat_gateways)
    error_message = "Give none, one or per_zone."
  }
}

variable "gateway_endpoints" {
  description = "Services that the private subnets reach without a NAT gateway, and without charge: any of s3 and dynamodb. Requests then come from private addresses, so a bucket policy must admit the VPC and not nat_public_ips."
  type        = set(string)
  default     = ["dynamodb", "s3"]

  validation {
    condition     = length(setsubtract(var.gateway_endpoints, ["dynamodb", "s3"])) == 0
    error_message = "Gateway endpoints exist for s3 and dynamodb only."
  }
}

variable "flow_logs_enabled" {
  description = "Whether the VPC's traffic is logged, to a log group of CloudWatch Logs. It costs by what is logged, and makes a role: IAM names are global, so the name must then differ between regions."
  type        = bool
  default     = false
}

variable "flow_logs_traffic_type" {
  description = "Which traffic is logged: ALL, or only what was ACCEPT or REJECT, which is less."
  type        = string
  default     = "ALL"

  validation {
    condition     = contains(["ACCEPT", "ALL", "REJECT"], var.flow_logs_traffic_type)
    error_message = "The traffic type is ACCEPT, ALL or REJECT."
  }
}

variable "flow_logs_retention_days" {
  description = "Days for which the log is kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653], var.flow_logs_retention_days)
    error_message = "CloudWatch Logs keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827 or 3653 days."
  }
}

variable "tags" {
  description = "Tags for every resource of the network, besides Name and Tier."
  type        = map(string)
  default     = {}
}
