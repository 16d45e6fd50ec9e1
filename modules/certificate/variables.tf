variable "domain_name" {
  description = "Full domain name that the certificate is for, such as www.example.com."
  type        = string

  validation {
    condition     = can(regex("^(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "The name must be a full domain name in lower case without a trailing dot, such as www.example.com."
  }
}

variable "zone_id" {
  description = "ID of the hosted zone that proves the domain is yours."
  type        = string
}

variable "create_validation_records" {
  description = "Whether to create the records that prove it. ACM asks every region of an account for the same record, so only one region's certificate creates it."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags for the certificate, besides Name."
  type        = map(string)
  default     = {}
}
