variable "bucket" {
  description = "Name of the bucket, unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "The name must hold 3 to 63 lower-case letters, digits and hyphens, and start and end with a letter or digit."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket may throw its logs away."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags for the bucket, besides Name."
  type        = map(string)
  default     = {}
}
