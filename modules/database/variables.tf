variable "name" {
  description = "Name of the global cluster, and what the names in both regions start with."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9]|-[a-z0-9]){1,39}$", var.name))
    error_message = "The name must start with a lower-case letter, hold lower-case letters, digits and single hyphens, and not end with a hyphen."
  }
}

variable "primary_vpc_id" {
  description = "ID of the primary region's VPC, which the subnets belong to."
  type        = string
}

variable "primary_private_subnet_ids" {
  description = "IDs of the primary region's private subnets to run in, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.primary_private_subnet_ids) >= 2
    error_message = "Aurora asks for subnets in at least two zones."
  }
}

variable "primary_app_security_group_id" {
  description = "ID of the security group of the primary region's application, the only one that is admitted."
  type        = string
}

variable "secondary_vpc_id" {
  description = "ID of the secondary region's VPC, which the subnets belong to."
  type        = string
}

variable "secondary_private_subnet_ids" {
  description = "IDs of the secondary region's private subnets to run in, in at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.secondary_private_subnet_ids) >= 2
    error_message = "Aurora asks for subnets in at least two zones."
  }
}

variable "secondary_app_security_group_id" {
  description = "ID of the security group of the secondary region's application, the only one that is admitted."
  type        = string
}

variable "master_username" {
  description = "Name of the master user."
  type        = string
  default     = "app_owner"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,15}$", var.master_username)) && !contains(["admin", "postgres", "rdsadmin"], var.master_username)
    error_message = "The name must start with a lower-case letter, hold up to 16 lower-case letters, digits and underscores, and not be one that everybody would guess."
  }
}

variable "master_password" {
  description = "First password of the master user, used once, when the writer is made; null for a random one that nobody knows. Give it as TF_VAR_..., never in a file, and change it after the first apply: the state holds it."
  type        = string
  default     = null
  sensitive   = true

  validation {
    condition     = var.master_password == null || can(regex("^[!#-.0-?A-~]{16,128}$", var.master_password))
    error_message = "The password must hold 16 to 128 printable ASCII characters other than the slash, the quotation mark, the at sign and the space."
  }
}

variable "database_name" {
  description = "Name of the database that is made at first."
  type        = string
  default     = "app"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{0,62}$", var.database_name))
    error_message = "The name must start with a lower-case letter and hold up to 63 lower-case letters and digits."
  }
}

variable "engine_version" {
  description = "Version of Aurora PostgreSQL, of all instances in both regions."
  type        = string
  default     = "16.6"

  validation {
    condition     = can(regex("^[1-9][0-9]+\\.[0-9]+$", var.engine_version))
    error_message = "Give the major and the minor version, such as 16.6: regions must not choose for themselves."
  }
}

variable "instance_class" {
  description = "Class of the instances, the same in both regions: after a failover the secondary takes the whole load."
  type        = string
  default     = "db.r6g.large"

  validation {
    condition     = can(regex("^db\\.[rx]", var.instance_class))
    error_message = "A global database runs on memory-optimized classes, such as db.r6g.large."
  }
}

variable "instance_count" {
  description = "Number of instances in each region; with two, the loss of a zone costs seconds rather than minutes."
  type        = number
  default     = 2

  validation {
    condition     = var.instance_count >= 1 && var.instance_count <= 15 && floor(var.instance_count) == var.instance_count
    error_message = "Give a whole number of instances from 1 to 15."
  }
}

variable "backup_retention_days" {
  description = "Days for which backups are kept, in each region."
  type        = number
  default     = 14

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "Aurora keeps backups for whole days from 1 to 35."
  }
}

variable "deletion_protection_enabled" {
  description = "Whether AWS refuses to delete the database."
  type        = bool
  default     = true
}

variable "skip_final_snapshot" {
  description = "Whether the database may be destroyed without a last snapshot."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags for every resource that takes them, besides Name."
  type        = map(string)
  default     = {}
}
