terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = ">= 3.39, < 7.0"
      configuration_aliases = [aws.primary, aws.secondary]
    }
  }
}
