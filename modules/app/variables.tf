variable "name" {
  description = "Name of the application servers in this region; IAM names are global, so it must differ between regions."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "The name must start with a lower-case letter and hold 3 to 32 lower-case letters, digits and hyphens."
  }
}

variable "vpc_id" {
  description = "ID of the VPC that the subnets belong to."
  type        = string
}

variable "private_subnet_ids" {
  description = "IDs of the private subnets to run in, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.private_subnet_ids) >= 2
    error_message = "Servers in one zone go down with it: give private subnets in at least two zones."
  }
}

variable "load_balancer_security_group_id" {
  description = "ID of the load balancer's security group, the only one that is admitted."
  type        = string
}

variable "target_group_arn" {
  description = "ARN of the target group to register with."
  type        = string
}

variable "target_port" {
  description = "Port on which the servers answer HTTP."
  type        = number
  default     = 8080

  validation {
    condition     = var.target_port >= 1 && var.target_port <= 65535 && floor(var.target_port) == var.target_port
    error_message = "A port is a whole number from 1 to 65535."
  }
}

variable "image_id" {
  description = "ID of the machine image to run, or resolve:ssm: and the name of a parameter that holds one. Images belong to a region."
  type        = string

  validation {
    condition     = can(regex("^(ami-[0-9a-f]{8,17}|resolve:ssm:.+)$", var.image_id))
    error_message = "Give an image ID such as ami-0123456789abcdef0, or resolve:ssm: and the name of a parameter."
  }
}

variable "instance_type" {
  description = "Type of the instances."
  type        = string
  default     = "t3.small"
}

variable "user_data" {
  description = "What a server runs when it first starts, as a script or for cloud-init, in plain text; null if the image starts the application itself. No place for secrets: every process on the server reads it."
  type        = string
  default     = null

  validation {
    # Of bytes, which only base64 counts: 16384 of them without its padding. A conditional, because
    # before 1.12 Terraform evaluates what follows "||" in any case, and null cannot be encoded.
    condition     = var.user_data == null ? true : length(replace(base64encode(var.user_data), "=", "")) <= 21846
    error_message = "EC2 takes at most 16 KiB of user data."
  }
}

variable "capacity" {
  description = "Number of instances that always run. For static stability the secondary region runs as many as the primary: nothing has to start when a region is lost."
  type        = number
  default     = 2

  validation {
    condition     = var.capacity >= 1 && floor(var.capacity) == var.capacity
    error_message = "At least one instance must run, or nothing answers after a failover."
  }
}

variable "maximum_capacity" {
  description = "Largest number of instances that scaling may reach; at least capacity."
  type        = number
  default     = 6
}

variable "target_cpu_utilization" {
  description = "Average CPU utilization, in percent, that scaling keeps."
  type        = number
  default     = 50

  validation {
    condition     = var.target_cpu_utilization > 0 && var.target_cpu_utilization <= 90
    error_message = "Give a percentage above 0 and up to 90: above that, scaling comes too late."
  }
}

variable "tags" {
  description = "Tags for every resource and for the instances, besides Name."
  type        = map(string)
  default     = {}
}
