variable "name" {
  description = "What the roles' names begin with."
  type        = string
  default     = "lockgate"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,58}$", var.name))
    error_message = "The name must hold 1 to 58 letters, digits, hyphens and underscores."
  }
}

variable "state_bucket" {
  description = "Name of the bucket that holds the states and Lockgate's locks."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "The bucket's name must hold 3 to 63 lower-case letters, digits, dots and hyphens."
  }
}

variable "github_repository" {
  description = "The repository on GitHub, as OWNER/REPOSITORY; empty for none."
  type        = string
  default     = ""

  validation {
    condition     = var.github_repository == "" || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "The repository must be written as OWNER/REPOSITORY, without wildcards."
  }
}

variable "github_oidc_provider_arn" {
  description = "ARN of GitHub's OIDC provider where the account has it already; empty to make it."
  type        = string
  default     = ""
}

variable "github_thumbprints" {
  description = "Thumbprints for GitHub's OIDC provider; AWS asks for one, and trusts GitHub's certificate authority instead."
  type        = list(string)
  default     = ["6938fd4d98bab03faadb97b34396831e3780aea1"]

  validation {
    condition     = length(var.github_thumbprints) > 0 && alltrue([for each in var.github_thumbprints : can(regex("^[0-9a-f]{40}$", each))])
    error_message = "Thumbprints must be given, each of 40 lower-case hexadecimal digits."
  }
}

variable "gitlab_project" {
  description = "The project on GitLab, as GROUP/PROJECT with its subgroups; empty for none."
  type        = string
  default     = ""

  validation {
    condition     = var.gitlab_project == "" || can(regex("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$", var.gitlab_project))
    error_message = "The project must be written as GROUP/PROJECT, without wildcards."
  }
}

variable "gitlab_host" {
  description = "Host name of the GitLab that issues the tokens."
  type        = string
  default     = "gitlab.com"

  validation {
    condition     = can(regex("^[a-z0-9.-]+$", var.gitlab_host))
    error_message = "The host must be a name alone, such as gitlab.example.com, without https://."
  }
}

variable "gitlab_oidc_provider_arn" {
  description = "ARN of GitLab's OIDC provider where the account has it already; empty to make it."
  type        = string
  default     = ""
}

variable "gitlab_thumbprints" {
  description = "Thumbprints for GitLab's OIDC provider: for a GitLab of your own, of the authority that signs its certificate."
  type        = list(string)
  default     = ["b3dd7606d2b5a8b4a13771dbecc9ee1cecafa38a"]

  validation {
    condition     = length(var.gitlab_thumbprints) > 0 && alltrue([for each in var.gitlab_thumbprints : can(regex("^[0-9a-f]{40}$", each))])
    error_message = "Thumbprints must be given, each of 40 lower-case hexadecimal digits."
  }
}

variable "plan_policy_arns" {
  description = "Managed policies of the role that plans: what it may read, and nothing that writes."
  type        = list(string)
  default     = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
}

variable "apply_policy_arns" {
  description = "Managed policies of the role that applies: what the environments are made of."
  type        = list(string)

  validation {
    condition     = length(var.apply_policy_arns) > 0
    error_message = "The role that applies needs at least one policy: without one it makes nothing."
  }
}

variable "tags" {
  description = "Tags for the roles."
  type        = map(string)
  default     = {}
}
