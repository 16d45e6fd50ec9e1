variable "primary_bucket" {
  description = "Name of the bucket in the primary region, unique in all of AWS; the replication role is named after it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,50}[a-z0-9]$", var.primary_bucket))
    error_message = "The name must hold 3 to 52 lower-case letters, digits and hyphens, and start and end with a letter or digit."
  }
}

variable "secondary_bucket" {
  description = "Name of the bucket in the secondary region, unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.secondary_bucket))
    error_message = "The name must hold 3 to 63 lower-case letters, digits and hyphens, and start and end with a letter or digit."
  }
}

variable "noncurrent_version_days" {
  description = "Days for which a version is kept after it was overwritten or deleted."
  type        = number
  default     = 90

  validation {
    condition     = var.noncurrent_version_days >= 1 && floor(var.noncurrent_version_days) == var.noncurrent_version_days
    error_message = "Give whole days from 1: that is how long a mistake can be taken back."
  }
}

variable "force_destroy" {
  description = "Whether destroying the buckets may throw their objects away."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags for every resource of the storage, besides Name."
  type        = map(string)
  default     = {}
}
